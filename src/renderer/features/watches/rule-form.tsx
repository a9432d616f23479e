import { Button, Checkbox, Group, Modal, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WatchRule } from '../../../shared/watch-contract.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { recipeName } from '../../ui/recipes.ts';
import { attempt } from '../../ui/toast.ts';
import { PRIORITIES } from '../task/priorities.ts';
import { FolderField } from './folder-field.tsx';
import { draftOf, missingIn, wishOf, type RuleDraft } from './rule-draft.ts';
import classes from './watches-page.module.css';

interface Props {
  /** Null: a new one. */
  readonly rule: WatchRule | null;
  readonly onClose: () => void;
}

type Part = { readonly draft: RuleDraft; readonly change: (part: Partial<RuleDraft>) => void };

/** Makes a rule or changes one. */
export function RuleForm({ rule, onClose }: Props) {
  const { t } = useTranslation('watches');
  const suggested = useMirror(({ settings }) => settings['recipe.video']);
  const [draft, setDraft] = useState(() => draftOf(rule, suggested));
  const change = (part: Partial<RuleDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const missing = missingIn(draft);
  const save = (): void => attempt(async () => {
    const wish = wishOf(draft, rule);
    await (rule === null ? api.addWatchRule(wish) : api.changeWatchRule({ id: rule.id, ...wish }));
    onClose();
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={rule === null ? t('addTitle') : t('changeTitle', { name: rule.name })} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={(event) => { event.preventDefault(); if (missing.length === 0) save(); }}>
        <Stack gap="md">
          <TextInput label={t('name')} value={draft.name} maxLength={100} data-autofocus onChange={({ currentTarget }) => change({ name: currentTarget.value })} />
          <Files draft={draft} change={change} />
          <Work draft={draft} change={change} />
          <Sources draft={draft} change={change} />
          <Looking draft={draft} change={change} />
          <Group justify="flex-end">
            {missing.length > 0 && <Text size="sm" c="dimmed" className={classes.missing}>{t('missing', { fields: missing.map((field) => t(`missingFields.${field}`)).join(t('comma')) })}</Text>}
            <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
            <Button type="submit" disabled={missing.length > 0}>{rule === null ? t('add') : t('save')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Files({ draft, change }: Part) {
  const { t } = useTranslation('watches');
  return (
    <>
      <FolderField label={t('folder')} description={t('folderHint')} value={draft.folder} onChange={(folder) => change({ folder })} />
      <Checkbox label={t('isRecursive')} checked={draft.isRecursive} onChange={({ currentTarget }) => change({ isRecursive: currentTarget.checked })} />
      <Group grow align="flex-start">
        <TextInput label={t('include')} description={t('includeHint')} placeholder="*.mp4, talks/**" value={draft.include} onChange={({ currentTarget }) => change({ include: currentTarget.value })} />
        <TextInput label={t('exclude')} description={t('excludeHint')} placeholder="*draft*" value={draft.exclude} onChange={({ currentTarget }) => change({ exclude: currentTarget.value })} />
      </Group>
    </>
  );
}

function Work({ draft, change }: Part) {
  const { t } = useTranslation('watches');
  const recipes = useMirror((mirror) => mirror.recipes);
  const names = recipes.filter(({ type }) => type !== 'report' && type !== 'maintenance').map(({ name }) => name);
  const all = draft.recipe === '' || names.includes(draft.recipe) ? names : [draft.recipe, ...names];
  return (
    <>
      <Group grow align="flex-start">
        <Select label={t('recipe')} searchable allowDeselect={false} data={all.map((name) => ({ value: name, label: recipeName(name) }))} value={draft.recipe} onChange={(recipe) => change({ recipe: recipe ?? draft.recipe })} />
        <Select
          label={t('priority')} allowDeselect={false} value={String(draft.priority)} onChange={(priority) => change({ priority: Number(priority ?? draft.priority) })}
          data={Array.from({ length: 11 }, (_, at) => 10 - at).map((value) => ({ value: String(value), label: priorityLabel(value, t) }))}
        />
      </Group>
      <div>
        <Text size="sm" fw={500} id="watch-output">{t('output')}</Text>
        <SegmentedControl
          aria-labelledby="watch-output" size="sm" value={draft.place} onChange={(place) => change({ place: place === 'folder' || place === 'mirror' ? place : 'beside' })}
          data={[{ value: 'beside', label: t('outputs.beside') }, { value: 'folder', label: t('outputs.folder') }, { value: 'mirror', label: t('outputs.mirror') }]}
        />
      </div>
      {draft.place !== 'beside' && <FolderField label={t('outputFolder')} value={draft.outputPath} onChange={(outputPath) => change({ outputPath })} />}
    </>
  );
}

function Sources({ draft, change }: Part) {
  const { t } = useTranslation('watches');
  return (
    <>
      <div>
        <Text size="sm" fw={500} id="watch-after">{t('after')}</Text>
        <SegmentedControl
          aria-labelledby="watch-after" size="sm" value={draft.after} onChange={(after) => change({ after: after === 'move' || after === 'delete' ? after : 'leave' })}
          data={[{ value: 'leave', label: t('afters.leave') }, { value: 'move', label: t('afters.move') }, { value: 'delete', label: t('afters.delete') }]}
        />
        {draft.after === 'delete' && <Text size="xs" c="dimmed" mt={4}>{t('deleteHint')}</Text>}
      </div>
      {draft.after === 'move' && <FolderField label={t('afterFolder')} value={draft.afterFolder} onChange={(afterFolder) => change({ afterFolder })} />}
    </>
  );
}

function Looking({ draft, change }: Part) {
  const { t } = useTranslation('watches');
  return (
    <Group grow align="flex-start">
      <Select
        label={t('look')} description={t('lookHint')} allowDeselect={false} value={draft.look} onChange={(look) => change({ look: look === 'events' || look === 'polling' ? look : 'auto' })}
        data={[{ value: 'auto', label: t('looks.auto') }, { value: 'events', label: t('looks.events') }, { value: 'polling', label: t('looks.polling') }]}
      />
      <NumberInput label={t('settle')} description={t('settleHint')} min={1} max={86_400} allowDecimal={false} value={draft.settleSeconds} onChange={(value) => change({ settleSeconds: Math.min(86_400, Math.max(1, Math.round(Number(value)) || 1)) })} />
    </Group>
  );
}

function priorityLabel(value: number, t: (key: string) => string): string {
  const named = PRIORITIES.find((one) => one.value === value)?.name;
  return named === undefined ? String(value) : `${String(value)} (${t(`priorities.${named}`)})`;
}
