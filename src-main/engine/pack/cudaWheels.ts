/**
 * NVIDIA's libraries of CUDA 12 as the extra `and-cuda` of TensorFlow 2.21.0 asks for them, the newest of each on 23
 * November 2026. They are under NVIDIA's licence, which each wheel brings along: Hilum does not pass them on, the
 * user's own computer fetches them.
 */

/** Libraries, the compiler's three files, and licences, in the places that site-packages gives them. */
const NEEDED = /^(nvidia\/\w+\/(lib|lib64|bin|nvvm)\/[\w./-]+|[\w.-]+\.dist-info\/(licenses\/)?[Ll]icense(\.txt)?)$/;

/**
 * TensorFlow 2.21.0 opens all of CUDA's libraries from libtensorflow_framework, whose search path names every folder of
 * site-packages but cuSOLVER's, and uses no GPU where one is missing. Here it lies beside cuSPARSE, which it needs.
 */
const CUSOLVER = {
  'nvidia/cusolver/lib/libcusolver.so.11': 'nvidia/cusparse/lib/libcusolver.so.11',
  'nvidia_cusolver_cu12-11.7.5.82.dist-info/licenses/License.txt':
    'nvidia_cusolver_cu12-11.7.5.82.dist-info/licenses/License.txt',
};

type Entries = RegExp | Readonly<Record<string, string>>;

function cudaWheel(file: string, bytes: number, sha256: string, entries: Entries = NEEDED) {
  return {
    project: file.slice(0, file.indexOf('-')).replaceAll('_', '-'),
    wheel: { file, bytes, sha256 },
    entries,
  };
}

export const CUDA_WHEELS = [
  cudaWheel(
    'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    581_217_458,
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  cudaWheel(
    'nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl',
    10_814_997,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  cudaWheel(
    'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    40_546_229,
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  cudaWheel(
    'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    89_568_129,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  cudaWheel(
    'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    3_493_179,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  cudaWheel(
    'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    716_538_495,
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  cudaWheel(
    'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    200_877_592,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  cudaWheel(
    'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    68_295_626,
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  cudaWheel(
    'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    338_117_415,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    CUSOLVER,
  ),
  cudaWheel(
    'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    366_465_088,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  cudaWheel(
    'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    351_526_311,
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  cudaWheel(
    'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    39_748_338,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];
