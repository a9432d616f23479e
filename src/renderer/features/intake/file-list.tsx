import { ActionIcon, Text } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { InspectedFile } from '../../../shared/contract.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { describeError } from '../../ui/messages.ts';
import { MiddleText } from '../../ui/middle-text.tsx';
import { fileName } from '../../ui/paths.ts';
import { KindIcon } from '../../ui/type-icon.tsx';
import { usePlace } from '../../ui/use-place.ts';
import { estimateKey, recipesFor } from './intake-plan.ts';
import { chooseForFile, leaveOut, useIntake, wantEstimate } from './intake-store.ts';
import { RecipePicker } from './recipe-picker.tsx';
import { useSteadyRows } from './use-steady-rows.ts';
import classes from './file-list.module.css';

const ROW_HEIGHT = 52;
/** More would ask the engine to look into files for minutes; those on the screen are asked for all the same. */
const ESTIMATE_ALL_UP_TO = 200;
/** A row that stays for so long is looked at. */
const SETTLED_MS = 200;

/** The files of an intake, what can't be used first; ten thousand scroll as ten do. */
export function FileList() {
  const { t } = useTranslation('intake');
  const files = useIntake((intake) => intake.files);
  const choices = useIntake((intake) => intake.choices);
  const areAllKnown = useIntake(({ coming }) => coming === 0);
  const { ordered, problems } = useMemo(() => problemsFirst(files), [files]);
  const { scroller, ...use } = useSteadyRows(problems, ROW_HEIGHT);
  const virtualizer = useVirtualizer({ count: ordered.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 6 });
  useEffect(() => {
    if (!areAllKnown || files.length > ESTIMATE_ALL_UP_TO) return;
    for (const file of [...files].reverse()) for (const recipe of recipesFor(file, choices)) wantEstimate(file.path, recipe);
  }, [files, choices, areAllKnown]);
  return (
    <div ref={scroller} {...use} className={classes.scroller} style={{ height: Math.min(ordered.length, 7) * ROW_HEIGHT + 2 }}>
      <div role="list" aria-label={t('files')} style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const file = ordered[index];
          if (file === undefined) return null;
          return (
            <div key={file.path} role="listitem" className={classes.row} style={{ transform: `translateY(${start}px)` }} aria-setsize={ordered.length} aria-posinset={index + 1}>
              <FileRow file={file} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function problemsFirst(files: readonly InspectedFile[]): { ordered: readonly InspectedFile[]; problems: number } {
  const broken = files.filter(({ problem }) => problem !== null);
  return { ordered: broken.length === 0 ? files : [...broken, ...files.filter(({ problem }) => problem === null)], problems: broken.length };
}

const FileRow = memo(function FileRow({ file }: { readonly file: InspectedFile }) {
  const { t } = useTranslation('intake');
  const name = fileName(file.path);
  const place = usePlace(file.path);
  return (
    <>
      <span className={classes.icon} data-problem={file.problem !== null}>{file.problem === null ? <KindIcon kind={file.kind} /> : <IconAlertTriangle size={20} aria-hidden />}</span>
      <div className={classes.name}>
        <MiddleText text={name} title={file.path} />
        {file.problem === null
          ? <Text size="xs" c="dimmed" className={classes.folder}>{place} · {formatBytes(file.sizeBytes)}</Text>
          : <Text size="xs" className={classes.problem} title={describeError(file.problem, name).text}>{describeError(file.problem, name).text}</Text>}
      </div>
      {file.problem === null && <Plan file={file} />}
      <ActionIcon aria-label={t('leaveOut', { name })} title={t('leaveOut', { name })} onClick={() => leaveOut(file.path)}><IconX size={16} aria-hidden /></ActionIcon>
    </>
  );
});

function Plan({ file }: { readonly file: InspectedFile }) {
  const { t } = useTranslation('intake');
  const choices = useIntake((intake) => intake.choices);
  const chosen = useMemo(() => recipesFor(file, choices), [file, choices]);
  useEffect(() => {
    // Rows that only fly by are not asked for.
    const timer = setTimeout(() => chosen.forEach((recipe) => wantEstimate(file.path, recipe)), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [file.path, chosen]);
  return (
    <>
      <div className={classes.recipe}>
        <RecipePicker label={t('recipeForFile', { name: fileName(file.path) })} recipes={file.recipes} chosen={chosen} onChange={(recipes) => chooseForFile(file.path, recipes)} />
      </div>
      <FileEstimate path={file.path} chosen={chosen} />
    </>
  );
}

function FileEstimate({ path, chosen }: { readonly path: string; readonly chosen: readonly string[] }) {
  // An answer never changes: only rows whose own came are made anew.
  const answers = useIntake(useShallow(({ estimates }) => chosen.map((recipe) => estimates.get(estimateKey(path, recipe)))));
  const problem = answers.map((answer) => answer?.problem ?? null).find((found) => found !== null);
  if (problem !== undefined) {
    const { text } = describeError(problem, fileName(path));
    return <span className={classes.estimate} data-problem title={text}><IconAlertTriangle size={14} aria-hidden /> <span className={classes.problem}>{text}</span></span>;
  }
  const seconds = answers.reduce<number | null>((sum, answer) => (sum === null || (answer?.estimate ?? null) === null ? null : sum + (answer?.estimate?.seconds ?? 0)), 0);
  const isAsked = answers.some((answer) => answer === undefined);
  return <span className={classes.estimate} data-known={seconds !== null}>{seconds === null ? (isAsked ? '…' : '') : `≈ ${formatDuration(seconds)}`}</span>;
}
