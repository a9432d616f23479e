import { NativeSelect, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskFile } from '../../../shared/host-contract.ts';
import type { Task } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { fileName, splitName } from '../../ui/paths.ts';
import { mediaKind } from './media-kind.ts';
import classes from './task-panel.module.css';

/** Of a text file this much is shown. */
const TEXT_BYTES = 64 * 1024;

interface Shown extends TaskFile {
  readonly path: string;
  readonly isEmpty: boolean;
}

/** Looks at the source and the results without leaving the window. */
export function FilePreview({ task }: { readonly task: Task }) {
  const { t } = useTranslation('task');
  const files: readonly Shown[] = [
    ...task.outputs.map(({ path, sizeBytes }, index): Shown => ({ id: task.id, which: 'output', index, path, isEmpty: sizeBytes === 0 })),
    ...task.inputs.map((path, index): Shown => ({ id: task.id, which: 'input', index, path, isEmpty: false })),
  ];
  const [at, setAt] = useState(0);
  const file = files[at];
  if (file === undefined) return null;
  return (
    <section aria-labelledby="task-preview" className={classes.section}>
      <div className={classes.sectionHead}>
        <Title order={3} id="task-preview" className={classes.sectionTitle}>{t('preview.title')}</Title>
        {files.length > 1 && (
          <NativeSelect
            size="xs" aria-label={t('preview.file')} value={at} onChange={(event) => setAt(Number(event.currentTarget.value))}
            data={files.map(({ which, path }, index) => ({ value: String(index), label: t(`preview.${which}`, { name: shorten(fileName(path)) }) }))}
          />
        )}
      </div>
      <Media key={at} file={file} />
    </section>
  );
}

/** Results of one source differ in the end of their names. */
function shorten(name: string): string {
  const [start, end] = splitName(name, 18);
  return end === '' ? name : `${[...start].slice(0, 8).join('')}…${end}`;
}

function Media({ file }: { readonly file: Shown }) {
  const { t } = useTranslation('task');
  const [isBroken, setIsBroken] = useState(false);
  const fail = (): void => setIsBroken(true);
  const [url, name] = [api.fileUrl(file), fileName(file.path)];
  const kind = mediaKind(file.path);
  if (file.isEmpty) return <Text size="sm" c="dimmed">{t('preview.empty', { name })}</Text>;
  if (isBroken || kind === 'other') return <Text size="sm" c="dimmed">{t(isBroken ? 'preview.broken' : 'preview.none', { name })}</Text>;
  switch (kind) {
    case 'video': return <video className={classes.picture} src={url} controls preload="metadata" onError={fail} aria-label={name} />;
    case 'audio': return <audio className={classes.sound} src={url} controls preload="metadata" onError={fail} aria-label={name} />;
    case 'image': return <img className={classes.picture} src={url} alt={name} onError={fail} />;
    case 'text': return <TextPreview url={url} name={name} onFail={setIsBroken} />;
  }
}

function TextPreview({ url, name, onFail }: { readonly url: string; readonly name: string; readonly onFail: (isBroken: true) => void }) {
  const { t } = useTranslation('task');
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    readStart(url, controller.signal).then(setText, () => {
      if (!controller.signal.aborted) onFail(true);
    });
    return () => controller.abort();
  }, [url, onFail]);
  // A place that scrolls must be reached with the keyboard.
  return <pre className={classes.text} tabIndex={0} role="region" aria-label={t('preview.textOf', { name })}>{text ?? ''}</pre>;
}

async function readStart(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${TEXT_BYTES - 1}` }, signal });
  // 416: the file is empty.
  if (response.status === 416) return '';
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.text()).slice(0, TEXT_BYTES);
}
