import { Button, Group, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { chooseFile } from '../task/choose-file.ts';
import classes from './recipes-page.module.css';

type Made = Awaited<ReturnType<typeof api.getCommands>>;

/** The exact commands that a recipe makes for a file: the engine begins the work and tells what it starts. */
export function CommandsFor({ name }: { readonly name: string }) {
  const { t } = useTranslation('recipe-page');
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles === true);
  const [path, setPath] = useState('');
  const [made, setMade] = useState<Made | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const ask = (wanted: string): void => attempt(async () => {
    setIsAsking(true);
    setMade(null);
    try {
      setMade(await api.getCommands({ recipe: name, path: wanted }));
    } finally {
      setIsAsking(false);
    }
  });
  const choose = (): void => attempt(async () => {
    const chosen = await chooseFile(canUseFiles);
    if (chosen === null) return;
    setPath(chosen);
    ask(chosen);
  });
  return (
    <>
      <Title order={3} className={classes.heading}>{t('commands')}</Title>
      <Group gap="xs" align="flex-end" mb="xs">
        <TextInput className={classes.path} label={t('commandFile')} value={path} onChange={(event) => setPath(event.currentTarget.value)} spellCheck={false} size="xs" />
        <Button size="xs" variant="default" onClick={choose}>{t('chooseFile')}</Button>
        <Button size="xs" disabled={path.trim() === ''} loading={isAsking} onClick={() => ask(path.trim())}>{t('showCommands')}</Button>
      </Group>
      <div aria-live="polite">{made !== null && <Answer made={made} />}</div>
    </>
  );
}

function Answer({ made: { commands, looks, notes, isWhole, problem } }: { readonly made: Made }) {
  const { t } = useTranslation('recipe-page');
  return (
    <>
      {commands.length > 0 && <pre className={classes.commands} tabIndex={0} aria-label={t('commands')}>{commands.join('\n\n')}</pre>}
      {commands.length === 0 && problem === null && <Text size="sm">{t('noCommands')}</Text>}
      {looks.length > 0 && <details><summary className={classes.note}>{t('looks', { count: looks.length })}</summary><pre className={classes.commands} tabIndex={0} aria-label={t('looks', { count: looks.length })}>{looks.join('\n\n')}</pre></details>}
      {!isWhole && <Text size="xs" c="dimmed">{t('moreCommands')}</Text>}
      {problem !== null && <Text size="sm" className={classes.problem}>{problem.message}</Text>}
      {notes.map((line, index) => <Text key={index} size="xs" c="dimmed">{line}</Text>)}
    </>
  );
}
