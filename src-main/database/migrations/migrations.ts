/** Every migration, oldest first. */
import type { Migration } from './migrate';
import { migration10 } from './migration10';
import { migration20 } from './migration20';
import { migration30 } from './migration30';

export const MIGRATIONS: readonly Migration[] = [migration10, migration20, migration30];
