import { Button, Group, Text, Title } from '@mantine/core';
import { IconCopy, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskType } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { attempt, toast } from '../../ui/toast.ts';
import { ChainSteps } from './chain-steps.tsx';
import { CommandsFor } from './commands-for.tsx';
import { OptionTable } from './option-table.tsx';
import { RecipeEditor } from './recipe-editor.tsx';
import { saveText } from './recipe-files.ts';
import { freeName, isChain, type Listed } from './recipe-list.ts';
import { useOptions } from './use-options.ts';
import classes from './recipes-page.module.css';

interface Props {
  readonly recipe: Listed;
  readonly all: readonly Listed[];
  readonly onShow: (name: string | null) => void;
}

/** One recipe in full: what it is, its options or steps, its commands, and what can be done with it. */
export function RecipeDetail({ recipe, all, onShow }: Props) {
  const { t } = useTranslation('recipe-page');
  const { name, isOwn, version, purpose } = recipe;
  return (
    <section className={classes.detail} aria-label={recipeName(name)}>
      <Title order={2} className={classes.title}>{recipeName(name)}</Title>
      <Text size="sm">{describeRecipe(name)}</Text>
      <Text size="xs" c="dimmed" mb="sm">{name} · {t(`purposes.${purpose}`)} · {isOwn ? t('ownVersion', { version }) : t('builtIn')}</Text>
      <Tools recipe={recipe} all={all} onShow={onShow} />
      {isChain(recipe) ? <ChainSteps chain={recipe} /> : <Single key={version} name={name} type={recipe.type} />}
    </section>
  );
}

function Single({ name, type }: { readonly name: string; readonly type: TaskType }) {
  const { options } = useOptions(name);
  return (
    <>
      <CommandsFor name={name} />
      <OptionTable type={type} options={options} />
    </>
  );
}

function Tools({ recipe, all, onShow }: Props) {
  const { t } = useTranslation('recipe-page');
  const [edited, setEdited] = useState<'copy' | 'change' | null>(null);
  const [isSure, setIsSure] = useState(false);
  const { name, isOwn } = recipe;
  const write = (): void => attempt(async () => {
    const { fileName, text } = await api.exportRecipe({ name });
    saveText(fileName, text);
    toast.done(t('exported', { name: fileName }));
  });
  const remove = (): void => attempt(async () => {
    await api.removeRecipe({ name });
    toast.done(t('removed', { name: recipeName(name) }));
    onShow(null);
  });
  return (
    <>
      <Group gap="xs" mb="md">
        <Button size="compact-sm" variant="filled" leftSection={<IconCopy size={14} aria-hidden />} onClick={() => setEdited('copy')}>{t('copy')}</Button>
        {isOwn && <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => setEdited('change')}>{t('change')}</Button>}
        <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} aria-hidden />} onClick={write}>{t('export')}</Button>
        {isOwn && !isSure && <Button size="compact-sm" variant="default" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setIsSure(true)}>{t('remove')}</Button>}
        {isOwn && isSure && <Button size="compact-sm" color="red" onClick={remove}>{t('removeSure')}</Button>}
      </Group>
      {isSure && <Text size="xs" c="dimmed" mb="sm">{t('removeNote')}</Text>}
      {edited !== null && (
        <RecipeEditor
          recipe={recipe} copyAs={edited === 'copy' ? freeName(name, all) : null} onClose={() => setEdited(null)}
          onSaved={(saved) => { setEdited(null); onShow(saved); toast.done(t('saved', { name: saved })); }}
        />
      )}
    </>
  );
}
