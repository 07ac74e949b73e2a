/** Entry of the window: mounts the application over the API that the preload script exposes. */
import { mount } from 'svelte';
import '@fontsource-variable/inter/wght.css';
import './shared/style/tokens.css';
import './shared/style/base.css';
import type { HilumApi } from '#main/contract/createApi';
import App from './views/App.svelte';

declare global {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface Window {
    readonly hilum: HilumApi;
  }
}

const target = document.getElementById('app');
if (target !== null) mount(App, { target, props: { api: window.hilum } });
