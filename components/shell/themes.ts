import { Monitor, Moon, Sun } from 'lucide-react';

export const THEMES = [
  { value: 'system', icon: Monitor },
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
] as const;
