/** A share of something as people write it: `15%` or `0.15`. */
import { InvalidArgumentError } from 'commander';

export function parseShare(text: string): number {
  const [, number, percent] = /^([0-9.]+)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (percent === '%' ? 100 : 1);
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('It is a share such as 0.02 or 2%.');
  return share;
}
