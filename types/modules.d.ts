/** Packages without types of their own: only what we use of them. */
declare module 'dicom-character-set' {
  /** Throws where `specificCharacterSet` names an unknown set or an escape sequence is not allowed by it. */
  export function convertBytes(
    specificCharacterSet: string,
    bytes: Uint8Array,
    options?: { readonly vr?: string },
  ): string;
}
