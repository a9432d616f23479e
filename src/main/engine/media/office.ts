/** Turns office documents into PDFs with LibreOffice: headless, with a profile of its own, in a time limit, without network, macros or links. */
import { access, copyFile, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool, type ToolResult } from './child.ts';
import { displayName } from './display-name.ts';
import type { OfficeKind } from './document-kind.ts';

export interface OfficeWish {
  /** Absolute path of soffice. */
  readonly officePath: string;
  /** Absolute. */
  readonly inputPath: string;
  readonly kind: OfficeKind;
  /** For the profile, a copy of the document and the PDF. Made, and emptied before; absolute. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** A first start on a slow disk takes half a minute, a thousand pages two or three. */
const TIMEOUT_MS = 300_000;
const VERSION_TIMEOUT_MS = 20_000;
/** desktop/inc/app.hxx, EXITHELPER_NORMAL_RESTART: a new profile is set up, start again. Its launcher does so, which we go past. */
const EXIT_RESTART = 81;
const STARTS = 3;

/**
 * What a stranger's document may not do: run macros, ask the network for linked pictures or data. Settings by their schema
 * (officecfg/registry/schema); a proxy that is not there is for whatever asks all the same.
 */
const SETTINGS: readonly (readonly [path: string, name: string, value: string])[] = [
  ['/org.openoffice.Office.Common/Security/Scripting', 'DisableMacrosExecution', 'true'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'MacroSecurityLevel', '3'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'BlockUntrustedRefererLinks', 'true'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'DisableActiveContent', 'true'],
  ['/org.openoffice.Office.Writer/Content/Update', 'Link', '0'],
  ['/org.openoffice.Office.Calc/Content/Update', 'Link', '2'],
  ['/org.openoffice.Inet/Settings', 'ooInetProxyType', '2'],
  ['/org.openoffice.Inet/Settings', 'ooInetHTTPProxyName', '127.0.0.1'],
  ['/org.openoffice.Inet/Settings', 'ooInetHTTPProxyPort', '9'],
  ['/org.openoffice.Inet/Settings', 'ooInetHTTPSProxyName', '127.0.0.1'],
  ['/org.openoffice.Inet/Settings', 'ooInetHTTPSProxyPort', '9'],
];
const NO_NETWORK = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', ftp_proxy: 'http://127.0.0.1:9', no_proxy: '', SAL_USE_VCLPLUGIN: 'svp' } as const;

/** Path of the PDF in the folder. Throws TOOL_MISSING, TOOL_STUCK, INPUT_DAMAGED (LibreOffice can't open it). */
export async function convertToPdf(wish: OfficeWish): Promise<string> {
  const { inputPath, kind, folder, signal, timeoutMs = TIMEOUT_MS } = wish;
  await rm(folder, { recursive: true, force: true });
  const [profile, outDir] = [join(folder, 'profile'), join(folder, 'out')];
  await mkdir(join(profile, 'user'), { recursive: true });
  await mkdir(outDir);
  await writeFile(join(profile, 'user', 'registrymodifications.xcu'), registry());
  // A copy: LibreOffice puts a lock file beside what it opens, and goes by the name's ending.
  const source = join(folder, `source.${kind}`);
  await copyFile(inputPath, source);
  const args = [
    `-env:UserInstallation=${pathToFileURL(profile).href}`, '--headless', '--invisible', '--norestore', '--nologo', '--nodefault', '--nofirststartwizard', '--nolockcheck',
    '--convert-to', 'pdf', '--outdir', outDir, source,
  ];
  const result = await startUntilSetUp(wish, args, folder, signal, timeoutMs);
  const pdfPath = join(outDir, 'source.pdf');
  const made = await stat(pdfPath).catch(() => undefined);
  if (made === undefined || made.size === 0) {
    throw new TaskError('INPUT_DAMAGED', `${displayName(inputPath)} can't be opened by LibreOffice: it is damaged, or protected by a password. Open it in an office program, save it as a PDF and use that.`, { details: `${describeExit(result)}\n${result.stdout}`.trim() });
  }
  return pdfPath;
}

/** Null: it does not start. */
export async function officeVersion(officePath: string, signal: AbortSignal): Promise<string | null> {
  try {
    const result = await runTool({ path: officePath, args: ['--version'], signal, timeoutMs: VERSION_TIMEOUT_MS });
    return /LibreOffice\S* (\d[\d.]*)/.exec(result.stdout)?.[1] ?? null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

async function startUntilSetUp({ officePath, inputPath }: OfficeWish, args: readonly string[], cwd: string, signal: AbortSignal, timeoutMs: number): Promise<ToolResult> {
  const path = await programOf(officePath);
  for (let start = 1; ; start += 1) {
    const result = await runTool({ path, args, signal, timeoutMs, cwd, env: NO_NETWORK }).catch((error: unknown) => {
      throw error instanceof TaskError && error.code === 'TOOL_STUCK' ? stuck(inputPath, timeoutMs, error) : error;
    });
    if (result.exitCode !== EXIT_RESTART || start === STARTS) return result;
  }
}

function stuck(inputPath: string, timeoutMs: number, cause: TaskError): TaskError {
  return new TaskError('TOOL_STUCK', `LibreOffice was not done with ${displayName(inputPath)} after ${String(Math.round(timeoutMs / 1000))} s and was ended. The task tries again; if that does not help, save the document as a PDF in an office program and use that.`, { cause, retryable: true });
}

/**
 * The program itself where it lies beside its launcher: the launcher starts it as a process of its own, which would outlive the one that we
 * can end.
 */
async function programOf(officePath: string): Promise<string> {
  const launcher = await realpath(officePath).catch(() => officePath);
  const program = join(dirname(launcher), 'soffice.bin');
  return await access(program).then(() => program, () => officePath);
}

function registry(): string {
  const items = SETTINGS.map(([path, name, value]) => `<item oor:path="${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${items.join('')}</oor:items>\n`;
}
