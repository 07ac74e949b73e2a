/**
 * Any number of films that are all different: real films of the golden set with a few grey values changed in a
 * corner, so that no cache and no "known already" can answer for them, while every one costs what a film costs.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { ROOT } from './context';

export type FilmMaker = {
  /** Writes the films numbered from `first`, `count` of them, and returns their paths in order. */
  write(folder: string, first: number, count: number): Promise<string[]>;
};

type Template = { readonly name: string; readonly grey: Buffer; readonly width: number; readonly height: number };

/** The number of a film is written into this many pixels. */
const MARK_PIXELS = 4;

/** The templates are taken in turn: the NIH films among the samples, 1024×1024, 8 bit. */
export async function createFilmMaker(): Promise<FilmMaker> {
  const folder = join(ROOT, 'resources', 'samples');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const templates = await Promise.all(names.map((name) => readTemplate(join(folder, name))));
  return {
    write: async (to, first, count) => {
      const paths: string[] = [];
      for (let number = first; number < first + count; number++) {
        const template = templates[number % templates.length];
        if (template === undefined) throw new Error(`There are no sample films in ${folder}.`);
        paths.push(await writeFilm(to, template, number));
      }
      return paths;
    },
  };
}

async function readTemplate(path: string): Promise<Template> {
  const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { name: basename(path, '.png'), grey: data, width: info.width, height: info.height };
}

async function writeFilm(folder: string, { name, grey, width, height }: Template, number: number): Promise<string> {
  const marked = Buffer.from(grey);
  marked.writeUInt32LE(number, marked.length - MARK_PIXELS);
  const path = join(folder, `${name}-${String(number).padStart(6, '0')}.png`);
  const raw = { width, height, channels: 1 } as const;
  await writeFile(path, await sharp(marked, { raw }).png({ compressionLevel: 3 }).toBuffer());
  return path;
}
