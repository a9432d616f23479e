// What a stock Electron has as its default app, for one that was taken from a packed program: `electron FOLDER` starts the app in FOLDER.

const FILES = {
  'package.json': '{"name":"default_app","main":"main.js"}',
  'main.js': `const { app } = require('electron');
const { existsSync, readFileSync } = require('fs');
const { join, resolve } = require('path');
const named = process.argv.find((text, index) => index > 0 && !text.startsWith('-') && existsSync(join(text, 'package.json')));
if (named === undefined) { console.error('usage: electron FOLDER'); app.exit(2); }
else {
  const folder = resolve(named);
  const { name, productName, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  app.setName(productName || name);
  if (version) app.setVersion(version);
  app.setAppPath(folder);
  try { require(join(folder, main || 'index.js')); } catch (error) { console.error(error); app.exit(1); }
}
`,
};

/** The bytes of an asar: two pickles (the length of the listing, the listing), then the files. https://github.com/electron/asar#format */
export function defaultAppArchive() {
  const bodies = Object.entries(FILES).map(([name, text]) => ({ name, body: Buffer.from(text) }));
  let offset = 0;
  const files = {};
  for (const { name, body } of bodies) {
    files[name] = { size: body.length, offset: String(offset) };
    offset += body.length;
  }
  const listing = Buffer.from(JSON.stringify({ files }));
  const padding = Buffer.alloc((4 - (listing.length % 4)) % 4);
  const padded = listing.length + padding.length;
  return Buffer.concat([uint32s(4, padded + 8, padded + 4, listing.length), listing, padding, ...bodies.map(({ body }) => body)]);
}

function uint32s(...numbers) {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => bytes.writeUInt32LE(number, index * 4));
  return bytes;
}
