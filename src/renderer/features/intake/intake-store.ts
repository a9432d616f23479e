/** The intake: what was dropped, pasted or chosen and is looked through before it becomes work. */
import i18next from 'i18next';
import { create } from 'zustand';
import type { InspectedFile } from '../../../shared/contract.ts';
import type { ChainStep } from '../../../shared/recipe.ts';
import type { FileKind } from '../../../shared/settings.ts';
import { api } from '../../api/window-api.ts';
import type { UploadProgress } from '../../api/transport.ts';
import { useMirror } from '../../store/mirror.ts';
import { toast } from '../../ui/toast.ts';
import { EstimateQueue } from './estimate-queue.ts';
import { batchesOf, kindsOf, mergeFiles, tasksOf, unfinished, workOf, type Choices, type EstimateAnswer, type PlannedChain } from './intake-plan.ts';
import { readFiles } from './reading.ts';

/** adding: handed in, not yet answered. */
export type IntakePhase = 'review' | 'adding';

export interface Intake {
  readonly isOpen: boolean;
  readonly phase: IntakePhase;
  readonly files: readonly InspectedFile[];
  /** Drops of which not every file is known yet: they are being uploaded or read. */
  readonly coming: number;
  /** What was in sight when Enter was pressed, from then until all is known and handed in; see startIntake. */
  readonly wish: Pick<Intake, 'files' | 'leftOut'> | null;
  /** Paths whose reading broke off: some of their files are missing here. */
  readonly brokenOff: readonly string[];
  /** Files that one intake does not take any more. */
  readonly leftOut: number;
  /** Tasks that were handed in while this dialog stays, for the sake of what was not. */
  readonly added: number;
  readonly choices: Choices;
  /** The steps of chains that were changed here, by the chain's name. */
  readonly chainSteps: ReadonlyMap<string, readonly ChainStep[]>;
  /** Null: beside each file. */
  readonly outputDir: string | null;
  readonly estimates: ReadonlyMap<string, EstimateAnswer>;
  readonly upload: UploadProgress | null;
  /** Names of what is being uploaded: they are shown at once. */
  readonly uploading: readonly { readonly name: string; readonly sizeBytes: number }[];
}

const CLOSED: Intake = {
  isOpen: false, phase: 'review', files: [], coming: 0, wish: null, brokenOff: [], leftOut: 0, added: 0,
  choices: { byKind: {}, byPath: new Map() }, chainSteps: new Map(), outputDir: null, estimates: new Map(), upload: null, uploading: [],
};

export const useIntake = create<Intake>(() => CLOSED);

/** The most tasks that the contract takes at once. */
const MAX_BATCH = 100_000;
/** From the dialog's opening to its closing; what belongs to it ends with it. */
let visit = new AbortController();

const estimates = new EstimateQueue(
  (path, recipe) => api.estimateFile({ path, recipe }),
  (answers) => useIntake.setState({ estimates: new Map(answers) }),
);

/** Asks for the estimate of a file that is on the screen. */
export function wantEstimate(path: string, recipe: string): void {
  estimates.want(path, recipe);
}

/** Shows what would be done with files of the engine's machine, as they become known. */
export async function offerPaths(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const signal = open();
  await read(paths, signal, awaitFiles(signal));
}

/** Shows what would be done with files of the window's machine; in a browser they are uploaded first. */
export async function offerFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const signal = open();
  const settle = awaitFiles(signal);
  const names = window.longhaul === undefined ? files.map(({ name, size }) => ({ name, sizeBytes: size })) : [];
  useIntake.setState(({ uploading }) => ({ uploading: [...uploading, ...names] }));
  try {
    const paths = await api.pathsOf(files, { signal, onProgress: (upload) => { if (!signal.aborted) useIntake.setState({ upload }); } });
    if (signal.aborted) return;
    forgetUpload(names);
    if (paths.length > 0) await read(paths, signal, settle);
    else settle();
  } catch (thrown) {
    if (signal.aborted) return;
    forgetUpload(names);
    useIntake.setState({ wish: null });
    toast.error(thrown);
    settle();
  }
}

/** Reads again what could not be read to its end. */
export function readAgain(): void {
  const { brokenOff } = useIntake.getState();
  useIntake.setState({ brokenOff: [] });
  void offerPaths(brokenOff);
}

function open(): AbortSignal {
  if (useIntake.getState().isOpen) return visit.signal;
  visit = new AbortController();
  estimates.clear();
  const { outputDir } = useMirror.getState().settings;
  useIntake.setState({ ...CLOSED, isOpen: true, outputDir: outputDir === '' ? null : outputDir });
  return visit.signal;
}

/** Counts a drop among those that are coming; what it gives is called when all its files are known. */
function awaitFiles(signal: AbortSignal): () => void {
  useIntake.setState(({ coming }) => ({ coming: coming + 1 }));
  let isSettled = false;
  return () => {
    if (isSettled || signal.aborted) return;
    isSettled = true;
    const { coming, files, leftOut, brokenOff } = useIntake.getState();
    useIntake.setState({ coming: coming - 1 });
    if (coming === 1 && files.length === 0 && leftOut === 0 && brokenOff.length === 0) closeIntake();
    else handInWhenKnown();
  };
}

async function read(paths: readonly string[], signal: AbortSignal, settle: () => void): Promise<void> {
  let areAllKnown = false;
  try {
    await readFiles(paths, {
      ask: api.inspectFiles, signal,
      onPiece: (files, leftOut) => {
        take(files, leftOut);
        // What follows is only counted.
        areAllKnown ||= leftOut > 0;
        if (areAllKnown) settle();
      },
    });
  } catch (thrown) {
    if (signal.aborted || areAllKnown) return;
    toast.error(thrown);
    const { files, coming, brokenOff } = useIntake.getState();
    const isForNothing = files.length === 0 && coming === 1;
    // Nobody wished for the half of it.
    useIntake.setState({ wish: null, brokenOff: isForNothing ? [] : [...brokenOff, ...paths] });
  }
  settle();
}

function take(added: readonly InspectedFile[], leftOut: number): void {
  const { settings } = useMirror.getState();
  useIntake.setState((intake) => {
    const files = mergeFiles(intake.files, added);
    const byKind = { ...intake.choices.byKind };
    for (const kind of kindsOf(files)) byKind[kind] ??= [settings[`recipe.${kind}`]];
    return { files, leftOut: intake.leftOut + leftOut, choices: { ...intake.choices, byKind } };
  });
}

function forgetUpload(names: Intake['uploading']): void {
  const gone = new Set(names);
  const uploading = useIntake.getState().uploading.filter((one) => !gone.has(one));
  useIntake.setState(({ upload }) => ({ uploading, upload: uploading.length === 0 ? null : upload }));
}

/** Closes without doing anything; an upload or a reading under way stops. */
export function closeIntake(): void {
  visit.abort();
  estimates.clear();
  useIntake.setState(CLOSED);
}

export function leaveOut(path: string): void {
  const { files, coming } = useIntake.getState();
  const rest = files.filter((file) => file.path !== path);
  if (rest.length === 0 && coming === 0) closeIntake();
  else useIntake.setState({ files: rest });
}

/** Recipes for all files of a kind; what was chosen for single ones of them is forgotten. */
export function chooseForKind(kind: FileKind, recipes: readonly string[]): void {
  const { choices, files } = useIntake.getState();
  const ofKind = new Set(files.filter((file) => file.kind === kind).map(({ path }) => path));
  const byPath = new Map([...choices.byPath].filter(([path]) => !ofKind.has(path)));
  useIntake.setState({ choices: { byKind: { ...choices.byKind, [kind]: recipes }, byPath } });
}

export function chooseForFile(path: string, recipes: readonly string[]): void {
  const { choices } = useIntake.getState();
  useIntake.setState({ choices: { ...choices, byPath: new Map(choices.byPath).set(path, recipes) } });
}

/** Other steps for a chain, for every file it is chosen for; null: its own again. */
export function changeChain(name: string, steps: readonly ChainStep[] | null): void {
  const chainSteps = new Map(useIntake.getState().chainSteps);
  if (steps === null) chainSteps.delete(name);
  else chainSteps.set(name, steps);
  useIntake.setState({ chainSteps });
}

/** Every chain, with its steps as they are to be done. */
export function plannedChains(chains: readonly PlannedChain[], changed: Intake['chainSteps']): readonly PlannedChain[] {
  return chains.map((chain) => ({ ...chain, chain: [...(changed.get(chain.name) ?? chain.chain)] }));
}

export function chooseOutputDir(outputDir: string | null): void {
  useIntake.setState({ outputDir });
}

/**
 * Enter. Pressed while files are still being read, it starts all of them as soon as the last one is known. To start what is known and leave
 * the rest would make it a matter of the disk's speed what a key does, and half a folder is nobody's wish; not to take the key would make
 * people watch a list grow before they may walk away. The wish needs something in sight, can be taken back (notYet), and falls when the reading
 * breaks off. Until the start everything can still be changed; what turned out to be unusable after the key stays on the screen (handIn).
 */
export function startIntake(): void {
  const { files, choices, leftOut, phase, wish } = useIntake.getState();
  if (phase !== 'review' || wish !== null || tasksOf(files, choices, null).length === 0) return;
  useIntake.setState({ wish: { files, leftOut } });
  handInWhenKnown();
}

/** Takes the wish to start back. */
export function notYet(): void {
  if (useIntake.getState().phase === 'review') useIntake.setState({ wish: null });
}

function handInWhenKnown(): void {
  const { wish, coming, phase } = useIntake.getState();
  if (wish !== null && coming === 0 && phase === 'review') void handIn(wish, visit.signal);
}

/** Hands all tasks in and closes. What nobody has seen when they said yes stays: files that can't be used, files that came since. */
async function handIn(seen: Pick<Intake, 'files' | 'leftOut'>, signal: AbortSignal): Promise<void> {
  const { files, choices, outputDir, chainSteps } = useIntake.getState();
  // An empty field is no folder.
  const work = workOf(files, choices, outputDir === '' ? null : outputDir, plannedChains(useMirror.getState().chains, chainSteps));
  const tasks = work.flat();
  if (tasks.length === 0) return useIntake.setState({ wish: null });
  useIntake.setState({ phase: 'adding' });
  try {
    for (const batch of batchesOf(work, MAX_BATCH)) await api.addTasks({ tasks: batch });
  } catch (thrown) {
    toast.error(thrown);
    if (!signal.aborted) useIntake.setState({ phase: 'review', wish: null });
    return;
  }
  toast.done(i18next.t('intake:added', { count: tasks.length }));
  rememberRecipes(choices);
  if (!signal.aborted) leaveRest(files, seen, tasks.length);
}

function leaveRest(handedIn: readonly InspectedFile[], seen: Pick<Intake, 'files' | 'leftOut'>, added: number): void {
  const intake = useIntake.getState();
  const files = unfinished(intake.files, handedIn, seen.files);
  if (files.length === 0 && intake.coming === 0 && intake.leftOut === seen.leftOut) closeIntake();
  else useIntake.setState({ phase: 'review', wish: null, files, added: intake.added + added });
}

/** The first recipe chosen for a kind is suggested the next time. That it could not be kept is no reason to disturb anybody: the work was added. */
function rememberRecipes({ byKind }: Choices): void {
  const { settings } = useMirror.getState();
  for (const kind of ['video', 'audio', 'image', 'document', 'mesh'] as const) {
    const recipe = byKind[kind]?.[0];
    if (recipe !== undefined && recipe !== settings[`recipe.${kind}`]) void api.setSetting({ name: `recipe.${kind}`, value: recipe }).catch((thrown: unknown) => toast.error(thrown));
  }
}
