/** Every migration, oldest first. */
import type { Migration } from './migrate';
import { migration10 } from './migration10';

export const MIGRATIONS: readonly Migration[] = [migration10];
