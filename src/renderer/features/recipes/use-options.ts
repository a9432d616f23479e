import { useEffect, useState } from 'react';
import type { OptionChoice } from '../../../shared/option-choices.ts';
import { api } from '../../api/window-api.ts';
import { toast } from '../../ui/toast.ts';

/** What a recipe's options are and take; empty until the engine has said so. */
export function useOptions(name: string | null): { readonly options: readonly OptionChoice[] } {
  const [options, setOptions] = useState<readonly OptionChoice[]>([]);
  useEffect(() => {
    if (name === null) return;
    let isCurrent = true;
    void api.getRecipeOptions({ name }).then((answer) => { if (isCurrent) setOptions(answer.options); }, (thrown: unknown) => { if (isCurrent) toast.error(thrown); });
    return () => { isCurrent = false; };
  }, [name]);
  return { options };
}
