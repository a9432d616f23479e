/** Everything about streams that must be equal for packets of two files to make one stream. */
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool } from './child.ts';
import { displayName } from './display-name.ts';
import { inputLimits, inputUrl } from './ffmpeg-input.ts';

export interface StreamSignature {
  /** Equal exactly when the streams fit each other. */
  readonly all: string;
  /** For people: `h264 1920x1080`, `aac 48000 Hz stereo`. */
  readonly shown: string;
}

const PROBE_TIMEOUT_MS = 120_000;
const FIELDS = 'codec_type,codec_name,profile,width,height,pix_fmt,sample_aspect_ratio,field_order,color_space,color_transfer,has_b_frames,time_base,sample_fmt,sample_rate,channels,channel_layout,extradata_hash';
const answer = z.object({
  streams: z.array(z.looseObject({
    codec_type: z.string(), codec_name: z.string().optional(), width: z.number().optional(), height: z.number().optional(), sample_rate: z.string().optional(), channels: z.number().optional(), time_base: z.string().optional(),
    disposition: z.looseObject({ attached_pic: z.number().optional() }).optional(), side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).optional(),
  })),
});

/** Films and sound in file order; covers, subtitles and data are left out. The parameter sets count too: FFmpeg joins what differs there without a word. */
export async function streamSignatures(path: string, ffprobePath: string, signal: AbortSignal): Promise<StreamSignature[]> {
  const result = await runTool({
    path: ffprobePath,
    args: ['-v', 'error', ...inputLimits(), '-show_data_hash', 'md5', '-show_entries', `stream=${FIELDS}:stream_disposition=attached_pic:stream_side_data=rotation`, '-of', 'json', '-i', inputUrl(path)],
    signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  const parsed = answer.safeParse(parseJson(result.stdout));
  if (result.exitCode !== 0 || !parsed.success) throw new TaskError('INPUT_DAMAGED', `${displayName(path)} can't be compared with the others: its streams can't be read. Copy or download it again.`, { details: describeExit(result) });
  return parsed.data.streams
    .filter(({ codec_type, disposition }) => (codec_type === 'video' && disposition?.attached_pic !== 1) || codec_type === 'audio')
    .map((stream) => ({ all: JSON.stringify(stream), shown: describe(stream) }));
}

function describe({ codec_type, codec_name, width, height, sample_rate, channels, time_base }: z.infer<typeof answer>['streams'][number]): string {
  const codec = codec_name ?? 'an unknown codec';
  return codec_type === 'video' ? `${codec} ${width ?? '?'}x${height ?? '?'} in ticks of ${time_base ?? '?'}` : `${codec} ${sample_rate ?? '?'} Hz with ${channels ?? '?'} channels`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
