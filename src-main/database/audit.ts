/** Who changed what, and when. The details name rows, codes and models: never a patient, and no path either. */
import type { WritableDb } from './openDatabase';

export type AuditSubject =
  `${'patient' | 'study' | 'film' | 'prediction' | 'task' | 'setting' | 'fact' | 'file'}/${string}`;

export function audit(
  db: WritableDb,
  action: string,
  subject: AuditSubject,
  detail: Readonly<Record<string, string | number | boolean | null>> = {},
): void {
  db.run('INSERT INTO audit (at, actor, action, subject, detail) VALUES (:at, :actor, :action, :subject, :detail)', {
    at: new Date().toISOString(),
    actor: db.actor,
    action,
    subject,
    detail: JSON.stringify(detail),
  });
}
