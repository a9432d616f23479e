/** What a package holds and does not hold, how its Electron is fused, and that it starts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { DesktopApp } from '../desktop/desktop-app.ts';
import { expect, test } from '../desktop/desktop-test.ts';
import { makeNumberedVideo } from '../faults/sources.ts';
import { filesInArchive, findPackedApp, unpackedFiles, type PackedApp } from './packed-app.ts';

let packed: PackedApp;
test.beforeAll(() => { packed = findPackedApp(); });

test('the archive holds what runs, and nothing of a development', () => {
  const files = filesInArchive(packed);
  expect(files).toEqual(expect.arrayContaining(['package.json', 'out/main/index.js', 'out/main/worker.js', 'out/main/pdfium.wasm', 'out/main/store-thread.js', 'out/preload/index.cjs', 'out/renderer/index.html']));
  expect(files.filter((path) => !/^(package\.json$|out\/(main|preload|renderer)\/|node_modules\/(better-sqlite3|sharp|@img\/colour|detect-libc|semver)\/|node_modules\/@img\/sharp-(libvips-)?[a-z0-9]+-[a-z0-9]+\/)/.test(path))).toEqual([]);
  expect(files.filter((path) => /\.(map|ts|tsx|md|tsbuildinfo|cpp|hpp|c|h|gyp)$|\.test\.|\.spec\./.test(path))).toEqual([]);
});

test('the binaries for this system, and no others, lie beside the archive', () => {
  const files = filesInArchive(packed);
  const native = files.filter((path) => path.endsWith('.node'));
  const target = `${process.platform}-${process.arch}`;
  expect(native).toEqual([expect.stringMatching(new RegExp(`^node_modules/@img/sharp-${target}/lib/[^/]+\\.node$`)), `node_modules/better-sqlite3/prebuilds/${target}.node`]);
  // libvips, which sharp's binary looks for beside itself.
  const library = files.filter((path) => /libvips[^/]*\.(so|dylib|dll)[^/]*$/.test(path));
  expect(library.length).toBeGreaterThan(0);
  expect(library.filter((path) => !path.includes(target))).toEqual([]);
  expect(unpackedFiles(packed)).toEqual(expect.arrayContaining(library));
  expect(unpackedFiles(packed)).toEqual(expect.arrayContaining(native));
  expect(existsSync(join(`${packed.asarPath}.unpacked`, ...(native[0] ?? '').split('/')))).toBe(true);
});

test('what tools read lies beside the archive as real files', () => {
  for (const path of ['recipes/mp4-h264.json', 'models/ggml-tiny.en-q8_0.bin', 'samples/longhaul-sample.mp4', 'icons/tray-idle.png', 'icons/trayTemplate.png', 'app-update.yml']) {
    expect(existsSync(join(packed.resourcesDir, ...path.split('/'))), path).toBe(true);
  }
});

test('the fuses leave no way to run other code with it', async () => {
  const wire = await getCurrentFuseWire(packed.executablePath);
  expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE);
  expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(FuseState.DISABLE);
  expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE);
  expect(wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(FuseState.ENABLE);
  expect(wire[FuseV1Options.EnableCookieEncryption]).toBe(FuseState.ENABLE);
  // The one difference to a package for users: without it nothing could drive this one.
  expect(wire[FuseV1Options.EnableNodeCliInspectArguments]).toBe(FuseState.ENABLE);
});

test('the packed app starts, shows its window and does its work', async ({ user, machine }) => {
  const app = await DesktopApp.launch({ executablePath: packed.executablePath, args: user.switches, env: user.env });
  try {
    await expect(app.page).toHaveTitle(/Longhaul/);
    await expect.poll(() => app.isWindowVisible()).toBe(true);
    expect(await app.electron.evaluate(({ app: electronApp }) => ({ isPackaged: electronApp.isPackaged, name: electronApp.getName() }))).toEqual({ isPackaged: true, name: 'Longhaul' });
    expect(await app.electron.evaluate(() => process.versions.electron)).toBe(machine.electronVersion);
    expect((await app.status()).isIdle).toBe(true);
    // Its workers and its store start from inside the archive.
    const id = await app.add(await makeNumberedVideo(user.dir, 2), 'thumbnail', user.outDir);
    await expect.poll(async () => (await app.task(id)).status, { timeout: 60_000 }).toBe('completed');
    expect(await app.quit()).toBe(0);
  } finally {
    await app.kill();
  }
});
