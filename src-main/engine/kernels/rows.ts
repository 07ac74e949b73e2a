/** Rows of activations as `multiply` takes them, made from the places of an image just before they are used. */
import { positive } from './multiply';
import { Step } from './step';

function activate(x: v128, scale: usize, shift: usize): v128 {
  return positive(f32x4.add(f32x4.mul(x, v128.load(scale)), v128.load(shift)));
}

/** One place: max(0, x · scale + shift) for each of its channels. */
function activatePlace(source: usize, step: Step, target: usize): void {
  let scale = step.scale;
  let shift = step.shift;
  const end = source + step.channels * 4;
  for (const whole = end - 12; source < whole; source += 16) {
    v128.store(target, activate(v128.load(source), scale, shift));
    scale += 16;
    shift += 16;
    target += 16;
  }
  for (; source < end; source += 4) {
    store<f32>(target, max<f32>(0, load<f32>(source) * load<f32>(scale) + load<f32>(shift)));
    scale += 4;
    shift += 4;
    target += 4;
  }
}

/** Places `first` to `last` of the source, activated. */
export function activateRows(step: Step, first: usize, last: usize, target: usize, targetStride: usize): void {
  for (let place = first; place < last; place++) {
    activatePlace(step.source + place * step.sourceStride, step, target);
    target += targetStride;
  }
}

/** The mean of the activated places under each window; a window lies inside the image. */
export function poolRows(step: Step, first: usize, last: usize, target: usize, targetStride: usize): void {
  const share = f32x4.splat(1 / f32(step.size * step.size));
  const lineStride = step.width * step.sourceStride;
  for (let place = first; place < last; place++) {
    const top = (place / step.targetWidth) * step.stride;
    const left = (place % step.targetWidth) * step.stride;
    const corner = step.source + top * lineStride + left * step.sourceStride;
    for (let channel: usize = 0; channel < step.channels * 4; channel += 16) {
      let sum = f32x4.splat(0);
      for (let y: usize = 0; y < step.size; y++) {
        for (let x: usize = 0; x < step.size; x++) {
          const pixel = v128.load(corner + y * lineStride + x * step.sourceStride + channel);
          sum = f32x4.add(sum, activate(pixel, step.scale + channel, step.shift + channel));
        }
      }
      v128.store(target + channel, f32x4.mul(sum, share));
    }
    target += targetStride;
  }
}

/** Not `memory.copy`, which is a call out of WebAssembly: too much for some ten numbers. */
export function copyFloats(source: usize, target: usize, bytes: usize): void {
  const end = source + bytes;
  for (const whole = end - 12; source < whole; source += 16) {
    v128.store(target, v128.load(source));
    target += 16;
  }
  for (; source < end; source += 4) {
    store<f32>(target, load<f32>(source));
    target += 4;
  }
}

/** What lies under each window, line by line, zeros outside the image: [size][size][channels]. */
export function patchRows(step: Step, first: usize, last: usize, target: usize, targetStride: usize): void {
  const height = isize(step.height);
  const width = isize(step.width);
  const size = isize(step.size);
  const pixel = step.channels * 4;
  for (let place = first; place < last; place++) {
    memory.fill(target, 0, targetStride);
    const top = isize((place / step.targetWidth) * step.stride) - isize(step.pad);
    const left = isize((place % step.targetWidth) * step.stride) - isize(step.pad);
    const from = max<isize>(left, 0);
    const bytes = usize(max<isize>(min<isize>(left + size, width) - from, 0)) * pixel;
    for (let y = max<isize>(top, 0); y < min<isize>(top + size, height); y++) {
      const source = step.source + usize(y * width + from) * step.sourceStride;
      copyFloats(source, target + usize((y - top) * size + from - left) * pixel, bytes);
    }
    target += targetStride;
  }
}

/** The greatest under each window of an image without negative numbers, so that its outside counts as zeros. */
export function maxPoolRows(step: Step, first: usize, last: usize, target: usize, targetStride: usize): void {
  const lineStride = step.width * step.sourceStride;
  for (let place = first; place < last; place++) {
    const top = isize((place / step.targetWidth) * step.stride) - isize(step.pad);
    const left = isize((place % step.targetWidth) * step.stride) - isize(step.pad);
    const fromX = usize(max<isize>(left, 0));
    const fromY = usize(max<isize>(top, 0));
    const toX = min<usize>(usize(left + isize(step.size)), step.width);
    const toY = min<usize>(usize(top + isize(step.size)), step.height);
    for (let channel: usize = 0; channel < step.channels * 4; channel += 16) {
      let greatest = f32x4.splat(0);
      for (let y = fromY; y < toY; y++) {
        const line = step.source + y * lineStride + channel;
        for (let x = fromX; x < toX; x++) greatest = f32x4.pmax(greatest, v128.load(line + x * step.sourceStride));
      }
      v128.store(target + channel, greatest);
    }
    target += targetStride;
  }
}
