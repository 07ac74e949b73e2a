/** What a header says of a film besides its facts, in films that are written for it. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element } from '#test/helpers/makeDicom';

await newCodecs();

const element = (group: number, number: number, vr: string, text: string): Buffer => {
  const value = Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1');
  return Buffer.concat([Buffer.from(new Uint16Array([group, number]).buffer), Buffer.from(vr), length16(value), value]);
};
const length16 = ({ length }: Buffer): Buffer => Buffer.from(new Uint16Array([length]).buffer);
const length32 = ({ length }: Buffer): Buffer => Buffer.from(new Uint32Array([length]).buffer);
const item = (...content: Buffer[]): Buffer => {
  const inner = Buffer.concat(content);
  return Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), length32(inner), inner]);
};
const purpose = (meaning: string): Buffer => {
  const inner = item(element(0x0008, 0x0104, 'LO', meaning));
  return Buffer.concat([Buffer.from([0x40, 0, 0x70, 0xa1]), Buffer.from('SQ\0\0'), length32(inner), inner]);
};

test.each([
  ['DerivationDescription', [0x0008, 0x2111, 'ST', 'heatmap of findings']],
  ['DerivationCodeSequence', [0x0008, 0x9215, 'SQ', item(element(0x0008, 0x0104, 'LO', 'Neural network'))]],
  ['its contributing equipment', [0x0018, 0xa001, 'SQ', item(element(0x0018, 0xa003, 'ST', 'Chest AI 2.1'))]],
  ['the purpose of equipment', [0x0018, 0xa001, 'SQ', item(purpose('Artificial Intelligence'))]],
] as const satisfies readonly (readonly [string, Element])[])(
  'a film of a program that looks for findings is told by %s',
  async (_, more) => {
    const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', [more])));
    const derived = film.warnings.find(({ code }) => code === 'derived');
    expect(derived?.message).toMatch(/^The film comes from a program that looks for findings/);
  },
);

test.each([
  ['LossyImageCompression', [0x0028, 0x2110, 'CS', '1 '], 'lossy'],
  ['LossyImageCompression', [0x0028, 0x2110, 'CS', 'YES '], 'lossy'],
  ['BurnedInAnnotation', [0x0028, 0x0301, 'CS', 'Y '], 'burned-in-text'],
] as const satisfies readonly (readonly [string, Element, string])[])(
  '%s %o, which the standard does not know, warns too',
  async (_, more, code) => {
    const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', [more])));
    expect(film.warnings.map((warning) => warning.code)).toContain(code);
  },
);

test.each([
  ['側面', 'film/lateral'],
  ['xyz', 'film/view-unsupported'],
  ['прямая', undefined],
])('the view position %s is not dropped with its letters', async (position, code) => {
  const view = Buffer.from(position);
  const odd = view.length % 2 === 1 ? Buffer.concat([view, Buffer.from(' ')]) : view;
  const more: readonly Element[] = [
    [0x0008, 0x0005, 'CS', 'ISO_IR 192'],
    [0x0018, 0x5101, 'CS', odd],
  ];
  const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', more)));
  expect(film.refusal?.code).toBe(code);
});
