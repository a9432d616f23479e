/** One attempt at a transcription without an engine around it: what a worker gives the handler, kept in memory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { transcribeOptions } from '../src/shared/options.ts';
import type { Draft } from '../src/main/engine/handlers/handler.ts';
import { handler } from '../src/main/engine/handlers/transcribe/index.ts';
import type { Part, Plan } from '../src/main/engine/handlers/transcribe/plan.ts';
import type { Tools } from '../src/main/engine/media/tools.ts';

export async function attemptTranscription(input: { path: string; options: Readonly<Record<string, unknown>>; folder: string; tools: Tools; signal: AbortSignal }): Promise<readonly Draft[]> {
  const [workDir, outputDir] = [join(input.folder, 'work'), join(input.folder, 'out')];
  mkdirSync(workDir, { recursive: true });
  mkdirSync(outputDir, { recursive: true });
  const stored: { plan: Plan | undefined; parts: Map<number, Part> } = { plan: undefined, parts: new Map() };
  const nothing = (): void => undefined;
  const context = {
    task: { id: 1, type: handler.type, recipe: 'transcript', suffix: '', inputs: [input.path], options: transcribeOptions.parse(input.options), attempt: 1 },
    tools: input.tools,
    signal: input.signal,
    workDir,
    outputDir,
    checkpoint: {
      get plan(): Plan | undefined {
        return stored.plan;
      },
      get parts(): ReadonlyMap<number, Part> {
        return stored.parts;
      },
      savePlan: (plan: Plan) => {
        stored.plan = plan;
        stored.parts.clear();
        return Promise.resolve();
      },
      savePart: (index: number, part: Part) => {
        stored.parts.set(index, part);
        return Promise.resolve();
      },
    },
    pace: null,
    dependencies: [],
    groupName: null,
    draft: (fileName: string) => ({ tempPath: join(outputDir, fileName), fileName }),
    keepDocument: () => Promise.resolve(),
    progress: nothing,
    estimate: nothing,
    log: nothing,
    warn: nothing,
  };
  const drafts = await handler.perform(context);
  await handler.check(drafts, context);
  return drafts;
}
