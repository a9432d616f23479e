/** The browser to test in. Undefined: Playwright's own. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** What the set-up found, else the system's Chromium where Playwright's own browser is not installed. */
export const chromiumPath = process.env['LONGHAUL_E2E_CHROMIUM'] ?? (existsSync(chromium.executablePath()) ? undefined : onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome'));

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}
