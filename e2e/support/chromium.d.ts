/** What the set-up found, else the system's Chromium where Playwright's own browser is not installed. */
export declare const chromiumPath: string | undefined;
