/** Finds a hardware encoder that really works here: being compiled in says nothing, so each is tried with a short encode. */
import { readdirSync } from 'node:fs';
import { capabilitiesOf } from './capabilities.ts';
import { runTool } from './child.ts';

export type HardwareFamily = 'nvenc' | 'qsv' | 'vaapi' | 'videotoolbox' | 'amf';

export interface HardwareEncoder {
  /** FFmpeg's name: `h264_nvenc`. */
  readonly name: string;
  readonly family: HardwareFamily;
  /** Must stand before the inputs. */
  readonly deviceArguments: readonly string[];
  /** Last filter, which brings frames to the device; null: it takes them from memory. */
  readonly uploadFilter: string | null;
}

/** By how well they look at a given size, best first. */
const FAMILIES: readonly HardwareFamily[] = ['nvenc', 'videotoolbox', 'qsv', 'amf', 'vaapi'];
const CODEC_PREFIXES = { h264: 'h264', h265: 'hevc', vp9: 'vp9', av1: 'av1' } as const;
/** A driver that does not answer within this is of no use. */
const TRY_TIMEOUT_MS = 20_000;

const known = new Map<string, Promise<HardwareEncoder | null>>();

/** The best hardware encoder for a codec that passed its try; null where there is none. Tried once per program and process. */
export function findHardwareEncoder(ffmpegPath: string, codec: keyof typeof CODEC_PREFIXES, signal: AbortSignal): Promise<HardwareEncoder | null> {
  const key = `${ffmpegPath} ${codec}`;
  let found = known.get(key);
  if (found === undefined) {
    found = search(ffmpegPath, codec, signal);
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}

async function search(ffmpegPath: string, codec: keyof typeof CODEC_PREFIXES, signal: AbortSignal): Promise<HardwareEncoder | null> {
  const { encoders } = await capabilitiesOf(ffmpegPath, signal);
  for (const family of FAMILIES) {
    const name = `${CODEC_PREFIXES[codec]}_${family}`;
    if (!encoders.has(name)) continue;
    const candidate: HardwareEncoder = { name, family, ...deviceOf(family) };
    if (await works(ffmpegPath, candidate, signal)) return candidate;
  }
  return null;
}

function deviceOf(family: HardwareFamily): Pick<HardwareEncoder, 'deviceArguments' | 'uploadFilter'> {
  if (family !== 'vaapi') return { deviceArguments: [], uploadFilter: null };
  return { deviceArguments: ['-vaapi_device', `/dev/dri/${renderNode() ?? 'renderD128'}`], uploadFilter: 'format=nv12,hwupload' };
}

function renderNode(): string | undefined {
  try {
    return readdirSync('/dev/dri').find((name) => name.startsWith('renderD'));
  } catch {
    return undefined;
  }
}

/** 320×240: some encoders refuse smaller pictures. */
async function works(ffmpegPath: string, encoder: HardwareEncoder, signal: AbortSignal): Promise<boolean> {
  const filter = encoder.uploadFilter === null ? [] : ['-vf', encoder.uploadFilter];
  const result = await runTool({
    path: ffmpegPath,
    args: ['-v', 'error', '-nostdin', ...encoder.deviceArguments, '-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=0.4', ...filter, '-c:v', encoder.name, '-f', 'null', '-'],
    signal,
    timeoutMs: TRY_TIMEOUT_MS,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    return error;
  });
  return typeof result === 'object' && result !== null && 'exitCode' in result && result.exitCode === 0;
}
