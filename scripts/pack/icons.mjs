// Draws every picture of resources/icons from icon.svg with a Chromium: node scripts/pack/icons.mjs. Run it after a change and commit what it makes.
import { chromium } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from '../setup/chromium.mjs';
import { rootDir } from '../setup/paths.mjs';

const folder = join(rootDir, 'resources', 'icons');
const source = readFileSync(join(folder, 'icon.svg'), 'utf8');

const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Windows' own list of sizes that it asks an .ico for. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Apple's names for PNG entries of an .icns. Those with @2x are for screens of double density. */
const ICNS_TYPES = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 };
/** Apple's grid: the plate takes 824 of 1,024. */
const MAC_SCALE = 824 / 1024;
/** The mark alone fills its place. */
const TEMPLATE_SCALE = 1.35;
/** Windows and most Linux trays draw 16 to 24 px, macOS 16. */
const TRAY_SIZE = 24;
const TEMPLATE_SIZE = 16;

/** Pictures by what of the source they show. A template is black with transparency: macOS colours it itself. */
const LOOKS = {
  app: '',
  busy: '#badge { visibility: visible }',
  template: '#plate { visibility: hidden } #mark { fill: #000 }',
};

async function draw() {
  const browser = await chromium.launch({ executablePath: (await ensureChromium(() => undefined)).chromiumPath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const picture = (size, look, scale = 1) => render(page, size, LOOKS[look], scale);
    const app = new Map();
    for (const size of APP_SIZES) app.set(size, await picture(size, 'app'));
    const mac = new Map();
    for (const size of new Set(Object.values(ICNS_TYPES))) mac.set(size, await picture(size, 'app', MAC_SCALE));

    for (const [size, png] of app) write(`${size}x${size}.png`, png);
    write('icon.ico', ico(ICO_SIZES.map((size) => ({ size, png: app.get(size) }))));
    write('icon.icns', icns(Object.entries(ICNS_TYPES).map(([type, size]) => ({ type, png: mac.get(size) }))));
    for (const [ending, factor] of [['', 1], ['@2x', 2]]) {
      write(`tray-idle${ending}.png`, await picture(TRAY_SIZE * factor, 'app'));
      write(`tray-busy${ending}.png`, await picture(TRAY_SIZE * factor, 'busy'));
      write(`trayTemplate${ending}.png`, await picture(TEMPLATE_SIZE * factor, 'template', TEMPLATE_SCALE));
    }
  } finally {
    await browser.close();
  }
}

async function render(page, size, style, scale) {
  await page.setViewportSize({ width: size, height: size });
  const edge = `${size * scale}px`;
  await page.setContent(`<style>html,body{margin:0;height:100%;background:transparent;display:grid;place-items:center;overflow:hidden}svg{width:${edge};height:${edge};display:block}${style}</style>${source}`);
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

function write(name, bytes) {
  writeFileSync(join(folder, name), bytes);
}

/** https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10): a directory of pictures, then the pictures (PNG since Vista). */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** Apple's icon family: 'icns', the whole length, then type, length and bytes of each entry. */
function icns(entries) {
  const parts = entries.map(({ type, png }) => Buffer.concat([tag(type, png.length + 8), png]));
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([tag('icns', length), ...parts]);
}

function tag(type, length) {
  const bytes = Buffer.alloc(8);
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32BE(length, 4);
  return bytes;
}

await draw();
