/** Where Hilum keeps what it has to remember: database, caches, models, copies of films. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * HILUM_HOME, else the application-data folder of the platform. It is made where it is missing, for its owner alone:
 * what lies in it is about patients. A folder that was there already keeps its permissions.
 */
export function homeFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const folder = findHomeFolder(env, platform);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A lenient umask can not widen the mode above, a strict one could narrow it.
  chmodSync(folder, 0o700);
  return folder;
}

/** Where it is, or would be made. */
export function findHomeFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return resolve(env['HILUM_HOME'] || defaultFolder(env, platform));
}

function defaultFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(homedir(), 'AppData', 'Roaming'), 'Hilum');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hilum');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'hilum');
}

export type HomePaths = {
  readonly databaseFile: string;
  /** Pixels and thumbnails, by content; may be deleted at any time. */
  readonly cacheFolder: string;
  readonly modelsFolder: string;
  /** The site's own tiers of urgency. */
  readonly urgencyFile: string;
  /** What models were found to do on this site's films, and who let them read. */
  readonly acceptancesFolder: string;
  /** The calibrations that this site has made of its models. */
  readonly calibrationsFolder: string;
  /** What models were found to be worth on labelled films, the last time for each. */
  readonly evaluationsFolder: string;
  /** Training runs, each a folder. */
  readonly runsFolder: string;
  /** Copies of films whose source does not stay: entries of archives. */
  readonly filmsFolder: string;
};

/** The one place that names what lies where: window and command line must find the same files. */
export function homePaths(home: string): HomePaths {
  return {
    databaseFile: join(home, 'hilum.sqlite'),
    cacheFolder: join(home, 'cache'),
    modelsFolder: join(home, 'models'),
    urgencyFile: join(home, 'urgency.json'),
    acceptancesFolder: join(home, 'acceptances'),
    calibrationsFolder: join(home, 'calibrations'),
    evaluationsFolder: join(home, 'evaluations'),
    runsFolder: join(home, 'runs'),
    filmsFolder: join(home, 'films'),
  };
}
