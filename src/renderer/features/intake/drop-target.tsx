import { IconFileDownload } from '@tabler/icons-react';
import { useLayoutEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../ui/toast.ts';
import { droppedFiles } from './dropped-files.ts';
import { pathsInText } from './intake-plan.ts';
import { offerFiles, offerPaths } from './intake-store.ts';
import classes from './drop-target.module.css';

/** The whole window takes drops and pastes, at any time; while something hangs over it, it says so. */
export function DropTarget() {
  const { t } = useTranslation('intake');
  const isOver = useDrop();
  usePaste();
  if (!isOver) return null;
  return (
    <div className={classes.overlay} aria-hidden>
      <div className={classes.note}>
        <IconFileDownload size={32} stroke={1.5} />
        {t('dropNow')}
      </div>
    </div>
  );
}

function useDrop(): boolean {
  const [isOver, setIsOver] = useState(false);
  // Together with what invites to drop: an effect after the paint would let a quick drop fall through on a busy machine.
  useLayoutEffect(() => {
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      setIsOver(false);
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      takeDrop(event.dataTransfer);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, []);
  return isOver;
}

/** Files, or text that may be paths; not the rows of our own list. */
function carriesFiles({ dataTransfer }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  return types.includes('Files') || types.includes('text/uri-list');
}

function takeDrop(transfer: DataTransfer): void {
  const paths = pathsInText(transfer.getData('text/uri-list'));
  void droppedFiles(transfer)
    .then((files) => (files.length > 0 ? offerFiles(files) : offerPaths(paths)))
    .catch((thrown: unknown) => toast.error(thrown));
}

function usePaste(): void {
  useLayoutEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData === null || isTextField(event.target)) return;
      const files = [...event.clipboardData.files];
      const paths = pathsInText(event.clipboardData.getData('text/plain'));
      if (files.length > 0) void offerFiles(files);
      else if (paths.length > 0) void offerPaths(paths);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}
