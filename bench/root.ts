/** The checkout that is measured: `npm run bench` starts the bundle in it. */
export const rootDir = process.cwd();
