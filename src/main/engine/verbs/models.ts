/** The contract's methods on Whisper models: what there is, more, fewer. Downloads run in the background until the engine closes. */
import { homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import { METHODS, type EngineApi, type ModelList } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import { CATALOGUE, catalogueEntry, isMultilingualName, removeModel, type CatalogueEntry } from '../media/model-catalogue.ts';
import { ModelDownloads } from '../media/model-downloads.ts';
import type { ModelSurroundings } from '../media/model-folders.ts';
import { ModelSurvey } from '../media/model-survey.ts';
import { chooseModel, type FoundModel } from '../media/models.ts';
import type { Store } from '../store/store.ts';
import { ModelSpeeds } from '../transcripts/model-speeds.ts';
import type { VerbParts } from './parts.ts';

type ModelParts = Pick<VerbParts, 'clock' | 'settings' | 'tools' | 'dataDir' | 'onSetting'> & {
  readonly events: Pick<Events, 'emit'>;
  readonly store: Pick<Store, 'list' | 'document' | 'setSetting'>;
};
type ModelVerbs = Pick<EngineApi, 'listModels' | 'downloadModel' | 'cancelModelDownload' | 'removeModel'>;

/** Four times a second is as fluent as a bar needs to be. */
const EVENT_INTERVAL_MS = 250;

/** close stops the downloads. Surroundings are given by tests, which ask about another machine. */
export function createModelVerbs(parts: ModelParts, surroundings: ModelSurroundings = thisMachine(parts)): { verbs: ModelVerbs; close: () => Promise<void> } {
  const announcer = new Announcer(parts.events, parts.clock);
  const downloads = new ModelDownloads(surroundings, () => announcer.announce());
  const survey = new ModelSurvey(surroundings);
  const speeds = new ModelSpeeds(parts.store);
  const verbs: ModelVerbs = {
    listModels: async () => {
      const [{ models, usable }, speedOf] = await Promise.all([survey.look(), speeds.byModel()]);
      const present = new Set(usable.map(({ name }) => name));
      return {
        models: models.map(({ owner, ...model }) => ({ ...model, from: owner, speed: speedOf.get(model.name) ?? null })),
        chosen: chosenName(usable, parts.settings().model),
        catalogue: await Promise.all(CATALOGUE.map((entry) => describe(entry, downloads, present))),
      };
    },
    downloadModel: async (input) => {
      const { name } = entryOf(METHODS.downloadModel.input.parse(input).name);
      const { usable } = await survey.look();
      if (!usable.some((model) => model.name === name)) downloads.start(name);
      return {};
    },
    cancelModelDownload: async (input) => {
      await downloads.cancel(entryOf(METHODS.cancelModelDownload.input.parse(input).name).name);
      return {};
    },
    removeModel: async (input) => {
      const { name } = METHODS.removeModel.input.parse(input);
      await downloads.cancel(name);
      await removeModel(name, surroundings);
      await forgetChoice(parts, name, (await survey.look()).usable);
      announcer.announce();
      return {};
    },
  };
  const close = async (): Promise<void> => {
    await downloads.close();
    announcer.close();
  };
  return { verbs, close };
}

/** Without located tools only Longhaul's own folder and other programs' are known, not the bundled model's. */
function thisMachine({ tools, dataDir }: Pick<VerbParts, 'tools' | 'dataDir'>): ModelSurroundings {
  return { env: process.env, platform: process.platform, homeDir: homedir(), modelsDir: tools?.modelsDir ?? join(dataDir, 'models'), bundledModelsDir: tools?.bundledModelsDir ?? '' };
}

function entryOf(name: string): CatalogueEntry {
  const entry = catalogueEntry(name);
  if (entry !== undefined) return entry;
  throw new TaskError('OPTION_INVALID', `There is no model "${name}" to download. ${didYouMean(name, CATALOGUE.map((one) => one.name))}`);
}

async function describe(entry: CatalogueEntry, downloads: ModelDownloads, present: ReadonlySet<string>): Promise<ModelList['catalogue'][number]> {
  const { isDownloading, downloadedBytes, totalBytes, problem } = await downloads.state(entry.name);
  return {
    name: entry.name, sizeBytes: totalBytes ?? entry.megabytes * 1e6, isMultilingual: isMultilingualName(entry.name), isPresent: present.has(entry.name),
    downloadedBytes, isDownloading, problem: problem?.toShape() ?? null,
  };
}

/** As a transcription would choose for English; null: none, or the chosen one is not there. */
function chosenName(usable: readonly FoundModel[], wanted: string): string | null {
  try {
    return chooseModel(usable, { language: 'en', translate: false, model: wanted, memoryBytes: totalmem() }).model.name;
  } catch (error) {
    if (error instanceof TaskError) return null;
    throw error;
  }
}

/** A choice that names a model which is gone would fail every new transcription: it goes back to the best one there is. */
async function forgetChoice({ settings, store, onSetting }: ModelParts, removed: string, usable: readonly FoundModel[]): Promise<void> {
  if (settings().model !== removed || chosenName(usable, removed) !== null) return;
  await store.setSetting('model', null);
  onSetting('model', null);
}

/** Tells of changes at once, and then at most so often; the last one is always told. */
class Announcer {
  readonly #events: Pick<Events, 'emit'>;
  readonly #clock: Clock;
  #cancelTimer: (() => void) | undefined;
  #isDue = false;

  constructor(events: Pick<Events, 'emit'>, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  announce(): void {
    this.#isDue = true;
    if (this.#cancelTimer === undefined) this.#tell();
  }

  close(): void {
    this.#cancelTimer?.();
  }

  #tell(): void {
    this.#cancelTimer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#cancelTimer = this.#clock.after(EVENT_INTERVAL_MS, () => this.#tell());
    this.#events.emit({ kind: 'models' });
  }
}
