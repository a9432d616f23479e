/** Injected into the preload of the compat build: webUtils over the path that Electron 22's files carry themselves. */
import electron from 'electron';

if (!Reflect.has(electron, 'webUtils')) {
  Object.defineProperty(electron, 'webUtils', {
    value: { getPathForFile: (file: object) => ('path' in file && typeof file.path === 'string' ? file.path : '') },
    enumerable: true,
  });
}
