import type { Picture } from '../host.ts'
export async function decodePicture(
  path: string,
  fit: { readonly width: number; readonly height: number },
): Promise<Picture> {
  throw new Error(`${path} ${fit.width}`)
}
