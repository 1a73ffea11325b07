"""Finds speech, and measures whose voice it could be: two small networks on one thread.

Silero VAD tells for every 32 milliseconds how likely somebody speaks; its file for whole sequences is ten times as
fast as the one for live sound. CAM++ (trained on Chinese and English speakers) turns a few seconds of speech into 192
numbers that lie near each other when one person spoke. What both expect was read from the code they come with and
confirmed by measuring (matching.md §7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import kaldi_native_fbank
import numpy as np
import onnxruntime

from workers.detectors import models

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE = 16_000
FRAME = 512  # samples the speech network answers for: 32 ms
BEFORE = 64  # samples of the frame before that it sees too
AT_ONCE = 512  # frames of one call: 16 seconds
MEASURES = 192  # numbers of an embedding
BINS = 80
LEAST = 400 + 160 * 99  # samples of one second: what is shorter is repeated up to here, the network needs some frames


class Networks:
    """The two networks, each with one thread of its own process; a fork may go on using them."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self._speech, self._voice = (
            onnxruntime.InferenceSession(str(models.path(name)), options, providers=["CPUExecutionProvider"])
            for name in ("silero_vad", "campplus")
        )

    def speaking(self, samples: Floats) -> Floats:
        """How likely somebody speaks, 0 to 1, for every FRAME samples (at RATE); the last frame is filled up."""
        count = -(-len(samples) // FRAME)
        frames = np.zeros((count, FRAME), np.float32)
        frames.reshape(-1)[: len(samples)] = samples
        before = np.zeros((count, BEFORE), np.float32)
        before[1:] = frames[:-1, -BEFORE:]
        hidden, cell = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        found = [np.zeros(0, np.float32)]
        for first in range(0, count, AT_ONCE):
            part = slice(first, first + AT_ONCE)
            block = np.concatenate([before[part], frames[part]], 1)
            chances, hidden, cell = self._speech.run(None, {"input": block, "h": hidden, "c": cell})
            found.append(chances.reshape(-1))
        return np.concatenate(found)

    def measure(self, samples: Floats) -> Floats:
        """The embedding (MEASURES numbers of length one) of some speech at RATE, best two seconds or more."""
        if len(samples) < LEAST:
            samples = np.resize(samples, LEAST)
        options = kaldi_native_fbank.FbankOptions()
        options.frame_opts.dither = 0
        options.frame_opts.samp_freq = RATE
        options.mel_opts.num_bins = BINS
        bank = kaldi_native_fbank.OnlineFbank(options)
        bank.accept_waveform(RATE, samples.tolist())
        bank.input_finished()
        heard = np.stack([bank.get_frame(n) for n in range(bank.num_frames_ready)])
        numbers: Floats = self._voice.run(None, {"feats": (heard - heard.mean(0))[None]})[0][0]
        return numbers / np.float32(max(float(np.linalg.norm(numbers)), 1e-6))
