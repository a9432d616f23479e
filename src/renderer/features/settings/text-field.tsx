import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { useTyped } from './use-typed.ts';
import classes from './settings-page.module.css';

interface Props {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly value: string;
  readonly placeholder: string;
  /** What is wrong with a text; null: nothing. */
  readonly problem: (typed: string) => string | null;
  readonly onChange: (text: string) => void;
}

/** A text that takes effect when the field is left or Enter is pressed, and only when it can be right. */
export function TextField({ value, problem, onChange, ...field }: Props) {
  const [typed, setTyped] = useTyped(value);
  const [error, setError] = useState<string | null>(null);
  const commit = (): void => {
    const text = typed.trim();
    const wrong = problem(text);
    setError(wrong);
    if (wrong === null && text !== value) onChange(text);
  };
  return (
    <TextInput
      {...field} className={classes.grow} value={typed} error={error} spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setTyped(value);
      }}
    />
  );
}

/** A folder of the machine that does the work: chosen where the system can be asked, else its path is typed. */
export function FolderField({ value, onChange, ...field }: Omit<Props, 'placeholder' | 'problem'>) {
  const { t } = useTranslation('settings');
  const canChoose = useMirror(({ host }) => host?.can.useFiles === true);
  const choose = (): void => attempt(async () => {
    const { paths: [path] } = await api.chooseFiles({ kind: 'folder' });
    if (path !== undefined) onChange(path);
  });
  return (
    <>
      <TextField {...field} value={value} placeholder={t('besideInput')} problem={(typed) => (typed === '' || isAbsolute(typed) ? null : t('notAbsolute'))} onChange={onChange} />
      {canChoose && <Button variant="default" onClick={choose}>{t('chooseFolder')}</Button>}
    </>
  );
}

/** On any system: the window may be on another machine than the folder. */
function isAbsolute(path: string): boolean {
  return /^(\/|[a-z]:[/\\]|\\\\)/i.test(path);
}
