/**
 * The peer's triage, as somebody would write it around onnxruntime-node: one process, one film after the other,
 * sharp decodes the picture to grey, Hilum's own resize, the network, one JSON line per film to stdout.
 * It knows no DICOM, checks nothing, stores nothing, makes no attention maps: the least that gives these numbers.
 * Arguments: the model as JSON, then picture files.
 */
import sharp from 'sharp';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { openSession, type PeerModel } from './session';

const [model, ...files] = process.argv.slice(2);
const parsed = JSON.parse(model ?? '{}') as PeerModel;
const { size } = parsed.input;
const judge = await openSession(parsed);
for (const file of files) {
  const { data, info } = await sharp(file).greyscale().raw().toBuffer({ resolveWithObject: true });
  const probabilities = await judge([resizeBilinear(data, info.height, info.width, size, size)]);
  process.stdout.write(`${JSON.stringify({ file, probabilities: [...probabilities] })}\n`);
}
