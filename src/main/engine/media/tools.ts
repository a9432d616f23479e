/** Where the programs and folders are that media work needs. Resolved once by the host and passed in; see media/locate.ts. */
import * as z from 'zod';

export const tools = z.object({
  /** Absolute paths. */
  ffmpegPath: z.string(),
  ffprobePath: z.string(),
  /** Null where it was not found: transcribe then fails with TOOL_MISSING and says what to do. */
  whisperCliPath: z.string().nullable(),
  /** soffice. Null where it was not found: office documents are then shown by their words. */
  libreOfficePath: z.string().nullable(),
  /** Bundled models: resources/models. */
  bundledModelsDir: z.string(),
  /** The user's models folder of Longhaul itself, where `models add` puts them. */
  modelsDir: z.string(),
  /** The model chosen by `models use`; auto where none. */
  preferredModel: z.string(),
  /** Processor threads this attempt may use in all. */
  threads: z.int().positive(),
});
export type Tools = z.infer<typeof tools>;
