/** What we use of WebAssembly: TypeScript declares it with the DOM only, which Node has not. */
declare namespace WebAssembly {
  class Module {
    private readonly module;
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: unknown;
  }
  class Memory {
    /** In pages of 64 KB. */
    constructor(limits: { readonly initial: number; readonly maximum: number; readonly shared: boolean });
    readonly buffer: ArrayBuffer;
  }
  function validate(binary: Uint8Array): boolean;
  function compile(binary: Uint8Array): Promise<Module>;
}
