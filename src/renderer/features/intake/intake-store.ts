/** The intake: what was dropped, pasted or chosen and is looked through before it becomes work. */
import { create } from 'zustand';
import type { InspectedFile } from '../../../shared/contract.ts';
import type { FileKind } from '../../../shared/settings.ts';
import { api } from '../../api/window-api.ts';
import type { UploadProgress } from '../../api/transport.ts';
import { useMirror } from '../../store/mirror.ts';
import { toast } from '../../ui/toast.ts';
import { EstimateQueue } from './estimate-queue.ts';
import { kindsOf, mergeFiles, tasksOf, type Choices, type EstimateAnswer } from './intake-plan.ts';

/** uploading: on its way to the server. looking: asked what can be done with it. adding: handed in, not yet answered. */
export type IntakePhase = 'uploading' | 'looking' | 'review' | 'adding';

export interface Intake {
  readonly isOpen: boolean;
  readonly phase: IntakePhase;
  readonly files: readonly InspectedFile[];
  /** Files that one intake does not take any more. */
  readonly leftOut: number;
  readonly choices: Choices;
  /** Null: beside each file. */
  readonly outputDir: string | null;
  readonly estimates: ReadonlyMap<string, EstimateAnswer>;
  readonly upload: UploadProgress | null;
  /** Names of what is being uploaded: they are shown at once. */
  readonly uploading: readonly { readonly name: string; readonly sizeBytes: number }[];
}

const CLOSED: Intake = {
  isOpen: false, phase: 'review', files: [], leftOut: 0, choices: { byKind: {}, byPath: new Map() }, outputDir: null, estimates: new Map(), upload: null, uploading: [],
};

export const useIntake = create<Intake>(() => CLOSED);

/** The most tasks that the contract takes at once. */
const MAX_BATCH = 100_000;
let uploadStop: AbortController | null = null;

const estimates = new EstimateQueue(
  (path, recipe) => api.estimateFile({ path, recipe }),
  (answers) => useIntake.setState({ estimates: new Map(answers) }),
);

/** Asks for the estimate of a file that is on the screen. */
export function wantEstimate(path: string, recipe: string): void {
  estimates.want(path, recipe);
}

/** Shows what would be done with files of the engine's machine. */
export async function offerPaths(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  open('looking');
  try {
    const { files, leftOut } = await api.inspectFiles({ paths: [...paths] });
    if (!useIntake.getState().isOpen) return;
    take(files, leftOut);
  } catch (thrown) {
    toast.error(thrown);
    const { files } = useIntake.getState();
    if (files.length === 0) closeIntake();
    else useIntake.setState({ phase: 'review' });
  }
}

/** Shows what would be done with files of the window's machine; in a browser they are uploaded first. */
export async function offerFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const isLocal = window.longhaul !== undefined;
  open(isLocal ? 'looking' : 'uploading');
  if (!isLocal) useIntake.setState({ uploading: files.map(({ name, size }) => ({ name, sizeBytes: size })) });
  uploadStop = new AbortController();
  try {
    const paths = await api.pathsOf(files, { signal: uploadStop.signal, onProgress: (upload) => useIntake.setState({ upload }) });
    useIntake.setState({ upload: null, uploading: [] });
    if (paths.length > 0) await offerPaths(paths);
    else closeIntake();
  } catch (thrown) {
    closeIntake();
    toast.error(thrown);
  }
}

function open(phase: IntakePhase): void {
  const { isOpen } = useIntake.getState();
  if (isOpen) return useIntake.setState({ phase });
  estimates.clear();
  const { outputDir } = useMirror.getState().settings;
  useIntake.setState({ ...CLOSED, isOpen: true, phase, outputDir: outputDir === '' ? null : outputDir });
}

function take(added: readonly InspectedFile[], leftOut: number): void {
  const { files, choices } = useIntake.getState();
  const all = mergeFiles(files, added);
  const { settings } = useMirror.getState();
  const byKind = { ...choices.byKind };
  for (const kind of kindsOf(all)) byKind[kind] ??= [settings[`recipe.${kind}`]];
  useIntake.setState({ phase: 'review', files: all, leftOut, choices: { ...choices, byKind } });
}

/** Closes without doing anything; an upload under way stops. */
export function closeIntake(): void {
  uploadStop?.abort();
  uploadStop = null;
  estimates.clear();
  useIntake.setState(CLOSED);
}

export function leaveOut(path: string): void {
  const { files } = useIntake.getState();
  const rest = files.filter((file) => file.path !== path);
  if (rest.length === 0) closeIntake();
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

export function chooseOutputDir(outputDir: string | null): void {
  useIntake.setState({ outputDir });
}

/** Hands the tasks in. Gives how many there are; 0: it did not work, and the user was told. */
export async function startIntake(): Promise<number> {
  const { files, choices, outputDir, phase } = useIntake.getState();
  // An empty field is no folder.
  const tasks = tasksOf(files, choices, outputDir === '' ? null : outputDir);
  if (tasks.length === 0 || phase !== 'review') return 0;
  useIntake.setState({ phase: 'adding' });
  try {
    for (let at = 0; at < tasks.length; at += MAX_BATCH) await api.addTasks({ tasks: tasks.slice(at, at + MAX_BATCH) });
  } catch (thrown) {
    useIntake.setState({ phase: 'review' });
    toast.error(thrown);
    return 0;
  }
  rememberRecipes(choices);
  closeIntake();
  return tasks.length;
}

/** The first recipe chosen for a kind is suggested the next time. That it could not be kept is no reason to disturb anybody: the work was added. */
function rememberRecipes({ byKind }: Choices): void {
  const { settings } = useMirror.getState();
  for (const kind of ['video', 'audio'] as const) {
    const recipe = byKind[kind]?.[0];
    if (recipe !== undefined && recipe !== settings[`recipe.${kind}`]) void api.setSetting({ name: `recipe.${kind}`, value: recipe }).catch((thrown: unknown) => toast.error(thrown));
  }
}
