import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte(), ...(mode === 'test' ? [svelteTesting()] : [])],
  clearScreen: false,
  server: { port: 5173, strictPort: true, fs: { allow: ['.', '../locales'] } },
  build: {
    emptyOutDir: true,
    // The web views of the three systems: WebKitGTK 2.40, macOS 13, WebView2.
    target: ['safari16', 'chrome109'],
    // A `data:` font or picture would need an exception in the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/testing/setup.ts'],
    restoreMocks: true,
    // Only ends a test that would hang; what has to be quick is measured by `make bench`.
    testTimeout: 300_000,
  },
}));
