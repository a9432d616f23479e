/**
 * Electron's own list (https://www.electronjs.org/docs/latest/tutorial/security), each point that applies here, by what the running
 * app does. Point 19, the fuses, is in e2e/packed; points about other people's pages have none to be about: none is ever loaded.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { DesktopApp } from './desktop-app.ts';
import { expect, test } from './desktop-test.ts';
import { rootDir } from './machine.ts';

const preferences = z.looseObject({
  sandbox: z.boolean(), contextIsolation: z.boolean(), nodeIntegration: z.boolean(), nodeIntegrationInSubFrames: z.boolean(), webSecurity: z.boolean(), allowRunningInsecureContent: z.boolean(), experimentalFeatures: z.boolean(), webviewTag: z.boolean(),
});

async function webPreferences(app: DesktopApp): Promise<z.infer<typeof preferences>> {
  return preferences.parse(await app.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    // Not among the documented methods; Electron's own tests use it.
    const read: unknown = contents === undefined ? undefined : Reflect.get(contents, 'getLastWebPreferences');
    const found: unknown = typeof read === 'function' ? Reflect.apply(read, contents, []) : null;
    return found;
  }));
}

/** Runs in the page and gives what it resolves to. */
async function inPage<T>(app: DesktopApp, script: string, result: z.ZodType<T>): Promise<T> {
  return result.parse(await app.page.evaluate(script));
}

test('2–4, 6, 8–12: the window is isolated, sandboxed and has no Node', async ({ user }) => {
  const app = await user.start();
  const { enableBlinkFeatures, nodeIntegrationInWorker, ...found } = await webPreferences(app);
  expect(found).toMatchObject({
    sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInSubFrames: false,
    webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false,
  });
  expect(enableBlinkFeatures ?? '').toBe('');
  expect(nodeIntegrationInWorker ?? false).toBe(false);
  expect(await inPage(app, '[typeof require, typeof process, typeof module, typeof Buffer, typeof global].join()', z.string())).toBe('undefined,undefined,undefined,undefined,undefined');
});

test('1, 7, 18: the page comes from app:// with a policy that allows no foreign and no inline script', async ({ user }) => {
  const app = await user.start();
  expect(app.page.url()).toMatch(/^app:\/\/longhaul\/index\.html/);
  const policy = await inPage(app, "fetch('app://longhaul/index.html').then((answer) => answer.headers.get('content-security-policy'))", z.string());
  const directives = new Map(policy.split(';').map((text) => text.trim().split(/\s+/)).map(([name = '', ...values]) => [name, values]));
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'"]);
  for (const name of ['object-src', 'base-uri', 'form-action', 'frame-ancestors']) expect(directives.get(name), name).toEqual(["'none'"]);
  expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);

  const violated = z.array(z.string());
  expect(await inPage(app, `new Promise((resolve) => {
    const seen = new Set();
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => { seen.add(effectiveDirective); if (seen.size === 3) resolve([...seen]); });
    const script = document.createElement('script'); script.textContent = 'window.wasRun = true'; document.head.append(script);
    const frame = document.createElement('iframe'); frame.src = 'https://example.org/'; document.body.append(frame);
    fetch('http://127.0.0.1:9/').catch(() => undefined);
  })`, violated)).toEqual(expect.arrayContaining(['script-src-elem', 'frame-src', 'connect-src']));
  // Later and by itself: what a debugger runs is excused from the policy.
  expect(await inPage(app, `new Promise((resolve) => setTimeout(() => {
    try { resolve([typeof window.wasRun, typeof eval('1')]); } catch (error) { resolve([typeof window.wasRun, error.name]); }
  }))`, z.array(z.string()))).toEqual(['undefined', 'EvalError']);
});

test('1: app:// gives out files of the page and no others', async ({ user }) => {
  const app = await user.start();
  const statuses = await inPage(app, `Promise.all(['..%2fmain%2findex.js', '..%2f..%2fpackage.json', '%2e%2e/main/index.js', '/etc/passwd', 'nothing.js', '%00'].map(
    (path) => fetch('app://longhaul/' + path).then(({ status }) => status, () => 0)))`, z.array(z.int()));
  for (const status of statuses) expect([0, 404]).toContain(status);
  expect(await inPage(app, "fetch('app://elsewhere/index.html').then(({ status }) => status, () => 0)", z.int())).not.toBe(200);
});

test('5: no permission is granted but to copy text', async ({ user }) => {
  const app = await user.start();
  expect(await inPage(app, `Promise.all(['geolocation', 'notifications', 'camera', 'microphone', 'midi'].map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))`, z.array(z.string())))
    .toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
  expect(await inPage(app, "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', ({ name }) => name)", z.string())).not.toBe('granted');
  expect(await inPage(app, "new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('granted'), ({ code }) => resolve(String(code))))", z.string())).toBe('1');
});

test('13, 14: the page goes nowhere and opens nothing, and no address is handed to the system', async ({ user }) => {
  const app = await user.start();
  await app.electron.evaluate(({ shell }) => {
    Reflect.set(globalThis, 'openedOutside', 0);
    shell.openExternal = () => { Reflect.set(globalThis, 'openedOutside', 1); return Promise.resolve(); };
  });
  const before = app.page.url();
  for (const address of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,hello', 'app://elsewhere/', 'longhaul://x']) {
    await app.page.evaluate((url) => { location.href = url; }, address);
    await app.page.evaluate((url) => { open(url, '_blank'); }, address);
    await app.page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    }, address);
  }
  expect(await app.page.evaluate(() => document.readyState)).toBe('complete');
  expect(app.page.url()).toBe(before);
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(await app.electron.evaluate(() => Number(Reflect.get(globalThis, 'openedOutside')))).toBe(0);
});

test('11, 12: a webview is not attached', async ({ user }) => {
  const app = await user.start();
  await app.page.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'data:text/html,hello');
    document.body.append(view);
  });
  expect(await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().filter((contents) => contents.getType() === 'webview').length)).toBe(0);
});

test('17: only the window\'s own page may ask; another window, another page and another frame are refused', async ({ user }) => {
  const app = await user.start();
  const preload = join(user.machine.builtDir, 'preload', 'index.cjs');
  const refused = z.object({ ok: z.literal(false), error: z.looseObject({ code: z.string() }) });
  for (const address of ['app://longhaul/index.html', 'data:text/html,<p>hello']) {
    const answer = await app.electron.evaluate(async ({ BrowserWindow }, [url, path]) => {
      const other = new BrowserWindow({ show: false, webPreferences: { preload: path, sandbox: true, contextIsolation: true } });
      try {
        await other.loadURL(url);
        const said: unknown = await other.webContents.executeJavaScript('window.longhaul.call.getStatus({})');
        return said;
      } finally {
        other.destroy();
      }
    }, [address, preload] as const);
    expect(refused.parse(answer).error.code, address).toBe('NOT_ALLOWED');
  }
  // A frame inside the page has none of our functions to ask with.
  expect(await inPage(app, "(() => { const frame = document.createElement('iframe'); document.body.append(frame); return typeof frame.contentWindow.longhaul; })()", z.string())).toBe('undefined');
  expect((await app.status()).isIdle).toBe(true);
});

test('17: what the page sends is parsed before anything is done', async ({ user }) => {
  const app = await user.start();
  const codes = z.array(z.string());
  expect(await inPage(app, `Promise.all([
    window.longhaul.call.addTasks({ tasks: [{ input: 7 }] }), window.longhaul.call.getTask({ id: 'x' }), window.longhaul.call.getTask(null), window.longhaul.call.setSetting({ name: '__proto__', value: 'x' }),
  ].map((answer) => answer.then(({ ok, error }) => (ok ? 'ok' : error.code))))`, codes)).toEqual(['USAGE', 'USAGE', 'USAGE', 'USAGE']);
});

test('20: of Electron the page sees three functions of ours and nothing else', async ({ user }) => {
  const app = await user.start();
  expect(await inPage(app, 'Object.keys(window.longhaul).sort()', z.array(z.string()))).toEqual(['call', 'on', 'pathForFile']);
  expect(await inPage(app, "Object.values(window.longhaul.call).every((method) => typeof method === 'function')", z.boolean())).toBe(true);
  expect(await inPage(app, "Object.keys(window).filter((name) => /electron|ipc/i.test(name))", z.array(z.string()))).toEqual([]);
  // An event is the event alone: its other argument would lead to Electron.
  expect(await inPage(app, `new Promise((resolve) => {
    const end = window.longhaul.on((...heard) => { end(); resolve(heard.length); });
    void window.longhaul.call.setSetting({ name: 'theme', value: 'dark' });
  })`, z.int())).toBe(1);
});

test('16: the Electron that users get is pinned to one version', () => {
  const { devDependencies } = z.object({ devDependencies: z.looseObject({ electron: z.string() }) }).parse(JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')));
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number(devDependencies.electron.split('.')[0])).toBeGreaterThanOrEqual(45);
});
