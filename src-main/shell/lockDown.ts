/**
 * Security of the window, before any content is loaded: nothing from outside, no second window, no permission.
 * Proven by test/e2e/security.test.ts.
 */
import { app, session } from 'electron';

/** The window's own page; every other address is foreign. */
export const APP_ORIGIN = 'app://hilum';

/** `film:` carries pixels and thumbnails; styles come from files only. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' film:",
  'connect-src film:',
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

const OWN_SCHEMES = ['app:', 'film:', 'devtools:'];

/** Call once, when Electron is ready and before the window exists. */
export function lockDown(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  // Nothing goes on the network: not even what a future bug asks for.
  own.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !OWN_SCHEMES.includes(new URL(details.url).protocol) });
  });
  own.on('will-download', (event) => event.preventDefault());
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
