/** The product's version: put in by the build; source run as it is has none. */
declare const LONGHAUL_VERSION: string | undefined;

export const VERSION = typeof LONGHAUL_VERSION === 'undefined' ? '0.0.0-source' : LONGHAUL_VERSION;
