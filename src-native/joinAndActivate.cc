/**
 * The one operation of a DenseNet that TensorFlow has not: max(0, join(parts) · scale + shift), where `parts` are what
 * a stage begins with and what each of its layers has added, joined along the channels. TensorFlow needs two passes
 * over all of them for that, and a copy at every layer; here they stay where their layer has put them, and one pass
 * reads them once. One thread, processor only, float32.
 *
 * Registered with the TensorFlow that this process has loaded, by its C interface for kernels, when Node loads this
 * file. Written for the compiler's vectors: a version for AVX-512, one for AVX2, and one for any x64.
 */
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

constexpr char kName[] = "HilumJoinAndActivate";
/** [films,rows,columns,channels] */
constexpr int kRank = 4;
constexpr int kChannels = 3;
/** What a layer of DenseNet-121 adds: the compiler keeps their scales and shifts in registers. */
constexpr int64_t kGrowth = 32;

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;
using Shape = std::unique_ptr<TF_ShapeHandle, decltype(&TF_DeleteShapeHandle)>;

Status NewStatus() { return Status(TF_NewStatus(), TF_DeleteStatus); }
Shape NewShape() { return Shape(TF_NewShapeHandle(), TF_DeleteShapeHandle); }
bool IsOk(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

inline __attribute__((always_inline)) void ActivatePlaces(const float* __restrict from, float* __restrict to,
                                                          const float* __restrict scale, const float* __restrict shift,
                                                          int64_t places, int64_t channels, int64_t stride) {
  for (int64_t place = 0; place < places; ++place, from += channels, to += stride) {
    for (int64_t i = 0; i < channels; ++i) {
      const float sum = from[i] * scale[i] + shift[i];
      to[i] = 0 > sum ? 0 : sum;
    }
  }
}

/** One part into its channels of the result, whose places lie `stride` numbers apart. */
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) void ActivatePart(
    const float* __restrict from, float* __restrict to, const float* __restrict scale, const float* __restrict shift,
    int64_t places, int64_t channels, int64_t stride) {
  if (channels == kGrowth) {
    ActivatePlaces(from, to, scale, shift, places, kGrowth, stride);
  } else {
    ActivatePlaces(from, to, scale, shift, places, channels, stride);
  }
}

const float* Numbers(const Tensor& tensor) { return static_cast<const float*>(TF_TensorData(tensor.get())); }

/** Whether `part` has the films, rows and columns of `dimensions`. */
bool HasPlaces(const Tensor& part, const int64_t* dimensions) {
  if (TF_NumDims(part.get()) != kRank) return false;
  for (int i = 0; i < kChannels; ++i) {
    if (TF_Dim(part.get(), i) != dimensions[i]) return false;
  }
  return true;
}

/** Inputs: the parts, scale, shift. */
void ComputeInto(TF_OpKernelContext* context, const Status& status) {
  std::vector<Tensor> parts;
  for (int i = 0; i < TF_NumInputs(context); ++i) {
    TF_Tensor* input = nullptr;
    TF_GetInput(context, i, &input, status.get());
    if (!IsOk(status)) return;
    parts.emplace_back(input, TF_DeleteTensor);
  }
  const Tensor shift = std::move(parts.back());
  parts.pop_back();
  const Tensor scale = std::move(parts.back());
  parts.pop_back();

  int64_t dimensions[kRank] = {0, 0, 0, 0};
  const bool has_rank = TF_NumDims(parts.front().get()) == kRank;
  for (int i = 0; has_rank && i < kChannels; ++i) dimensions[i] = TF_Dim(parts.front().get(), i);
  for (const Tensor& part : parts) {
    if (!has_rank || !HasPlaces(part, dimensions)) {
      return TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "The parts differ in their films, rows or columns.");
    }
    dimensions[kChannels] += TF_Dim(part.get(), kChannels);
  }
  const int64_t channels = dimensions[kChannels];
  if (TF_TensorElementCount(scale.get()) != channels || TF_TensorElementCount(shift.get()) != channels) {
    return TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "A scale and a shift are needed for each channel.");
  }

  const int64_t places = dimensions[0] * dimensions[1] * dimensions[2];
  const size_t bytes = places * channels * sizeof(float);
  const Tensor active(TF_AllocateOutput(context, 0, TF_FLOAT, dimensions, kRank, bytes, status.get()), TF_DeleteTensor);
  if (!IsOk(status)) return;
  float* const to = static_cast<float*>(TF_TensorData(active.get()));
  int64_t first = 0;
  for (const Tensor& part : parts) {
    const int64_t own = TF_Dim(part.get(), kChannels);
    ActivatePart(Numbers(part), to + first, Numbers(scale) + first, Numbers(shift) + first, places, own, channels);
    first += own;
  }
}

void Compute(void*, TF_OpKernelContext* context) {
  const Status status = NewStatus();
  ComputeInto(context, status);
  if (!IsOk(status)) TF_OpKernelContext_Failure(context, status.get());
}

/** Films, rows and columns of the first part, channels of the scale. */
void InferShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  const Shape part = NewShape(), places = NewShape(), scale = NewShape(), active = NewShape();
  TF_ShapeInferenceContextGetInput(context, 0, part.get(), status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeInferenceContextSubshape(context, part.get(), 0, -1, places.get(), status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeInferenceContextGetInput(context, TF_ShapeInferenceContextNumInputs(context) - 2, scale.get(), status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeInferenceContextConcatenateShapes(context, places.get(), scale.get(), active.get(), status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeInferenceContextSetOutput(context, 0, active.get(), status);
}

bool Register() {
  const Status status = NewStatus();
  TF_OpDefinitionBuilder* const operation = TF_NewOpDefinitionBuilder(kName);
  TF_OpDefinitionBuilderAddAttr(operation, "N: int >= 1");
  TF_OpDefinitionBuilderAddInput(operation, "parts: N * float");
  TF_OpDefinitionBuilderAddInput(operation, "scale: float");
  TF_OpDefinitionBuilderAddInput(operation, "shift: float");
  TF_OpDefinitionBuilderAddOutput(operation, "active: float");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, InferShape);
  TF_RegisterOpDefinition(operation, status.get());
  if (!IsOk(status)) return false;
  TF_RegisterKernelBuilder(kName, TF_NewKernelBuilder(kName, "CPU", nullptr, Compute, nullptr), status.get());
  return IsOk(status);
}

}  // namespace

NAPI_MODULE_INIT() {
  // Each thread of Node that loads this file comes by here; the registry of operations is the process's.
  static const bool registered = Register();
  if (!registered) napi_throw_error(env, nullptr, "TensorFlow did not take Hilum's operation.");
  return exports;
}
