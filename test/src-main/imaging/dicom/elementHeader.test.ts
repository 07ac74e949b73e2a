/** Elements that readers stumble over, before the pixels: what stands behind them must be found all the same. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element } from '#test/helpers/makeDicom';

await newCodecs();

const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
const UNDEFINED = 0xffffffff;

const words = (...values: number[]) => Buffer.from(new Uint16Array(values).buffer);
const long = (value: number) => Buffer.from(new Uint32Array([value]).buffer);
const ITEM = words(0xfffe, 0xe000);
const ITEM_END = Buffer.concat([words(0xfffe, 0xe00d), long(0)]);
const SEQUENCE_END = Buffer.concat([words(0xfffe, 0xe0dd), long(0)]);

const explicit = (group: number, element: number, vr: string, value: Buffer, length = value.length) =>
  Buffer.concat([words(group, element), Buffer.from(vr), words(0), long(length), value]);
const short = (group: number, element: number, vr: string, value: Buffer) =>
  Buffer.concat([words(group, element), Buffer.from(vr), words(value.length), value]);
const implicit = (group: number, element: number, value: Buffer, length = value.length) =>
  Buffer.concat([words(group, element), long(length), value]);
const item = (...content: Buffer[]) => Buffer.concat([ITEM, long(Buffer.concat(content).length), ...content]);
const openItem = (...content: Buffer[]) => Buffer.concat([ITEM, long(UNDEFINED), ...content, ITEM_END]);

/** In a private group that comes before the pixels and behind the patient. */
const raw = (bytes: Buffer): Element => [0x0019, 0x1010, '', bytes];
const number64 = explicit(0x0019, 0x1011, 'SV', Buffer.alloc(8, 1));

const open = (vr: string, ...content: Buffer[]) => explicit(0x0019, 0x1010, vr, Buffer.concat(content), UNDEFINED);

test.each([
  ['64-bit integers', number64],
  ['a sequence with 64-bit integers in it', explicit(0x0019, 0x1010, 'SQ', item(number64))],
  ['a sequence without length that holds 64-bit integers', open('SQ', openItem(number64), SEQUENCE_END)],
  ['an item without its delimiter', open('SQ', ITEM, long(UNDEFINED), number64, SEQUENCE_END)],
  ['two items without theirs', open('SQ', ITEM, long(UNDEFINED), number64, openItem(number64), SEQUENCE_END)],
  [
    'UN without length: its items are implicit',
    open('UN', openItem(implicit(0x0008, 0x0060, words(0, 0))), SEQUENCE_END),
  ],
  ['fragments as a picture has them', open('OB', item(), item(Buffer.alloc(64, 0xff)), SEQUENCE_END)],
  ['a VR of the future', explicit(0x0019, 0x1010, 'ZZ', Buffer.alloc(300, 7))],
  ['a misspelt VR with a short length', short(0x0019, 0x1010, 'IZ', Buffer.from('12'))],
  ['a misspelt VR without a value', short(0x0019, 0x1010, 'IZ', Buffer.alloc(0))],
  ['an element in implicit VR', implicit(0x0019, 0x1010, Buffer.from('12'))],
  ['an odd length', short(0x0019, 0x1010, 'LO', Buffer.from('123'))],
  ['a delimiter of nothing', SEQUENCE_END],
])('%s does not hide the pixels', async (_, bytes) => {
  const film = await readFilm(new Uint8Array(makeDicom(EXPLICIT_LITTLE, [raw(bytes)])));
  const { samples, facts } = await readFilm(new Uint8Array(makeDicom(EXPLICIT_LITTLE)));
  expect(film.facts).toEqual(facts);
  expect(film.samples).toEqual(samples);
});

test.each([
  [
    'explicit',
    EXPLICIT_LITTLE,
    (inner: Buffer) => explicit(0x0019, 0x1010, 'SQ', Buffer.concat([ITEM, long(UNDEFINED), inner]), UNDEFINED),
  ],
  [
    'implicit',
    IMPLICIT_LITTLE,
    (inner: Buffer) => implicit(0x0019, 0x1010, Buffer.concat([ITEM, long(UNDEFINED), inner]), UNDEFINED),
  ],
] as const)('%s sequences in sequences, 20,000 deep, end where they end', async (_, syntax, wrap) => {
  const depth = 20_000;
  const head = wrap(Buffer.alloc(0));
  const nested = Buffer.concat([
    ...new Array<Buffer>(depth).fill(head),
    ...new Array<Buffer>(depth).fill(Buffer.concat([ITEM_END, SEQUENCE_END])),
  ]);
  const { samples } = await readFilm(new Uint8Array(makeDicom(syntax, [raw(nested)])));
  expect(samples).toEqual((await readFilm(new Uint8Array(makeDicom(syntax)))).samples);
});

const LATERAL = item(
  implicit(0x0008, 0x0100, Buffer.from('R-10236 ')),
  implicit(0x0008, 0x0102, Buffer.from('SNM3')),
  implicit(0x0008, 0x0104, Buffer.from('lateral ')),
);
const LATERAL_EXPLICIT = item(
  short(0x0008, 0x0100, 'SH', Buffer.from('R-10236 ')),
  short(0x0008, 0x0102, 'SH', Buffer.from('SNM3')),
  short(0x0008, 0x0104, 'LO', Buffer.from('lateral ')),
);

test.each([
  ['implicit, as it should be', LATERAL],
  ['explicit, as it was copied', LATERAL_EXPLICIT],
])('a view that is written as UN is read: %s', async (_, items) => {
  const film = await readFilm(new Uint8Array(makeDicom(EXPLICIT_LITTLE, [[0x0054, 0x0220, 'UN', items]])));
  expect(film.refusal?.code).toBe('film/lateral');
});

test('an element that ends beyond the file ends the header, not the program', async () => {
  const cut = makeDicom(EXPLICIT_LITTLE, [raw(explicit(0x0019, 0x1010, 'OB', Buffer.alloc(4), 0x7fffffff))]);
  await expect(readFilm(new Uint8Array(cut))).rejects.toMatchObject({ code: 'dicom/truncated' });
});
