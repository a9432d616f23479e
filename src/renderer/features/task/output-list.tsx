import { ActionIcon, CopyButton, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload, IconExternalLink, IconFolder } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskFile } from '../../../shared/host-contract.ts';
import type { Output, Task } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { formatBytes } from '../../ui/format.ts';
import { fileName, folderOf } from '../../ui/paths.ts';
import { attempt } from '../../ui/toast.ts';
import classes from './task-panel.module.css';

/** Enough of a hash to compare two by eye. */
const SHOWN_OF_SHA256 = 12;

/** The results: where they are, how large, and their hashes. */
export function OutputList({ task }: { readonly task: Task }) {
  const { t } = useTranslation('task');
  if (task.outputs.length === 0) return null;
  return (
    <section aria-labelledby="task-outputs" className={classes.section}>
      <Title order={3} id="task-outputs" className={classes.sectionTitle}>{t('outputs.title', { count: task.outputs.length })}</Title>
      <ul className={classes.outputs}>
        {task.outputs.map((output, index) => <OutputRow key={output.path} output={output} file={{ id: task.id, which: 'output', index }} />)}
      </ul>
    </section>
  );
}

function OutputRow({ output: { path, sizeBytes, sha256 }, file }: { readonly output: Output; readonly file: TaskFile }) {
  const { t } = useTranslation('task');
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles === true);
  const name = fileName(path);
  return (
    <li className={classes.output}>
      <div className={classes.outputText}>
        <Text size="sm" className={classes.outputName}>{name}</Text>
        <Text size="xs" c="dimmed" className={classes.folder}>{folderOf(path)}</Text>
        <Text size="xs" c="dimmed">
          {formatBytes(sizeBytes)} · SHA-256 <span className={classes.hash} title={sha256}>{sha256.slice(0, SHOWN_OF_SHA256)}…</span>
        </Text>
      </div>
      <div className={classes.outputTools}>
        {canUseFiles && <Tool label={t('outputs.open', { name })} onClick={() => attempt(() => api.openFile(file))}><IconExternalLink size={18} aria-hidden /></Tool>}
        {canUseFiles && <Tool label={t('outputs.reveal', { name })} onClick={() => attempt(() => api.revealFile(file))}><IconFolder size={18} aria-hidden /></Tool>}
        {!canUseFiles && (
          <Tooltip label={t('outputs.download', { name })}>
            <ActionIcon component="a" href={api.fileUrl(file, { isDownload: true })} download={name} aria-label={t('outputs.download', { name })}><IconDownload size={18} aria-hidden /></ActionIcon>
          </Tooltip>
        )}
        <CopyButton value={sha256}>
          {({ copied, copy }) => <Tool label={t(copied ? 'copied' : 'outputs.copyHash', { name })} onClick={copy}>{copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}</Tool>}
        </CopyButton>
      </div>
    </li>
  );
}

function Tool({ label, onClick, children }: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>{children}</ActionIcon>
    </Tooltip>
  );
}
