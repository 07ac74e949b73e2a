/**
 * The window's walls, with Chromium's real sandbox: as root `process.sandboxed` says true while seccomp is off, so a
 * root session starts the application as an ordinary user (nobody) from a copy that this user can read.
 */
import { chmod, copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_NAMES } from '#main/contract/api';
import type { HilumApi } from '#main/contract/createApi';
import { stageApp } from '../../scripts/stage.mjs';

type Door = Window & { readonly hilum: HilumApi };

const NOBODY = 65534;
let folder: string;
let app: ElectronApplication;
let page: Page;

/** A script that starts the application as `nobody`, with a readable copy of the display's key. */
async function startAsNobody(executable: string, home: string): Promise<string> {
  const display = process.env.XAUTHORITY;
  const key = join(folder, 'display-key');
  if (display !== undefined) {
    await copyFile(display, key);
    await chmod(key, 0o644);
  }
  const script = join(folder, 'start.sh');
  const id = String(NOBODY);
  await writeFile(
    script,
    `#!/bin/sh\nexport HOME='${home}' XDG_CONFIG_HOME='${home}' XAUTHORITY='${key}'\n` +
      `exec setpriv --reuid=${id} --regid=${id} --clear-groups '${executable}' "$@"\n`,
  );
  await chmod(script, 0o755);
  return script;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-security-'));
  await chmod(folder, 0o755);
  const stage = await stageApp();
  const home = join(folder, 'home');
  let executablePath = stage.executable;
  let args = [...stage.args];
  if (process.getuid?.() === 0) {
    const copy = join(folder, 'stage');
    await cp(stage.folder, copy, { recursive: true, verbatimSymlinks: true, dereference: false });
    const executable = join(copy, relative(stage.folder, stage.executable));
    await chmod(join(copy, 'chrome-sandbox'), 0o4755);
    await mkdtemp(`${home}-`);
    await cp(join(copy, 'resources', 'app', 'package.json'), join(home, 'marker.json'));
    await chmod(home, 0o777);
    executablePath = await startAsNobody(executable, home);
    args = args.map((argument) => argument.replace(stage.folder, copy));
  }
  app = await _electron.launch({
    executablePath,
    args,
    chromiumSandbox: true,
    env: { ...(process.env as Record<string, string>), HILUM_HOME: join(home, 'hilum') },
    timeout: 60_000,
  });
  page = await app.firstWindow();
  await page.waitForLoadState('load');
}, 180_000);

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the window', () => {
  it.runIf(process.platform === 'linux')('runs under seccomp in a sandboxed process', async () => {
    const pid = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    );
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    expect(/^Seccomp:\s*(\d)/m.exec(status)?.[1]).toBe('2');
  });

  it('is isolated and has no Node', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    const globals = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
    );
    expect(globals).toEqual([]);
  });

  it('refuses inline scripts, evaluated text, foreign pictures and foreign connections', async () => {
    const blocked = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      const attempt = (work: () => unknown): void => {
        try {
          work();
        } catch {
          seen.push('threw');
        }
      };
      attempt(() => {
        const script = document.createElement('script');
        script.textContent = 'window.broken = true';
        document.body.append(script);
      });
      attempt(() => {
        const picture = document.createElement('img');
        picture.src = 'https://example.org/x.png';
        document.body.append(picture);
      });
      attempt(() => {
        document.body.insertAdjacentHTML('beforeend', '<b>x</b>');
      });
      attempt(() =>
        Reflect.construct((window as unknown as { Function: new (text: string) => unknown }).Function, ['return 1']),
      );
      await fetch('https://example.org/').catch(() => seen.push('fetch refused'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { broken: 'broken' in window, seen };
    });
    expect(blocked.broken).toBe(false);
    expect(blocked.seen).toEqual(expect.arrayContaining(['img-src', 'connect-src', 'fetch refused', 'threw']));
  });

  it('opens no second window, goes nowhere and grants nothing', async () => {
    const address = page.url();
    const opened = await page.evaluate(() => window.open('https://example.org/') === null);
    await page.evaluate(() => {
      location.href = 'https://example.org/';
    });
    await page.waitForTimeout(300);
    const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    const permission = await page.evaluate(() => Notification.requestPermission());
    expect({ opened, address: page.url(), windows, permission }).toEqual({
      opened: true,
      address,
      windows: 1,
      permission: 'denied',
    });
  });
});

describe('the door', () => {
  it('refuses every call whose argument does not fit', async () => {
    const garbage = [null, 7, 'text', [], { filmId: '../../etc/passwd' }, { paths: [] }, { offset: -1 }];
    const harmless = new Set<string>();
    for (const name of API_NAMES) {
      for (const argument of garbage) {
        const reply = await page.evaluate(
          async ([call, value]) =>
            (
              (window as unknown as Door).hilum[call as keyof HilumApi] as (
                argument: unknown,
              ) => Promise<{ ok: boolean; error?: { code: string } }>
            )(value),
          [name, argument] as const,
        );
        // Calls without fields take any object; those are the only ones that may succeed.
        if (reply.ok) harmless.add(name);
        else
          expect([name, reply.error?.code]).toEqual([name, expect.stringMatching(/^(contract|file|film|database)\//)]);
      }
    }
    const withFields = [
      'openFilm',
      'openStudy',
      'analyseFilm',
      'importPaths',
      'cancelTask',
      'listStudies',
      'chooseImport',
      'changeWatching',
      'reviewFilm',
      'planRun',
      'controlRun',
      'resumeRun',
      'choosePath',
      'importModel',
      'commissionModel',
      'activateModel',
      'rollBackModel',
      'markReviewed',
      'installEnginePack',
      'getEngineStatus',
    ];
    expect(withFields.filter((name) => harmless.has(name))).toEqual([]);
  });

  it('does not answer a page that is not ours', async () => {
    const code = await app.evaluate(async ({ app: electronApp, BrowserWindow }) => {
      const preload = `${electronApp.getAppPath()}/dist/preload.cjs`;
      const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      try {
        await foreign.loadURL('about:blank');
        const reply = (await foreign.webContents.executeJavaScript('window.hilum.getAppInfo({})')) as {
          error?: { code: string };
        };
        return reply.error?.code ?? 'answered';
      } finally {
        foreign.destroy();
      }
    });
    expect(code).toBe('contract/forbidden-sender');
  });

  it('serves nothing but its own files and known films', async () => {
    const statuses = await app.evaluate(async ({ net }) => {
      const addresses = [
        'film://pixels/no-such-film',
        'film://pixels/..%2f..%2fetc%2fpasswd',
        'film://other/x',
        'app://hilum/..%2f..%2fpackage.json',
        'app://elsewhere/index.html',
      ];
      return Promise.all(addresses.map(async (address) => (await net.fetch(address)).status));
    });
    expect(statuses).toEqual([404, 404, 404, 404, 404]);
  });
});
