using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>The form in which silos hand batches to each other, and in which a spill keeps them: bytes that are one, nearly one, or none.</summary>
internal sealed class CodecTarget(PlantedFault fault) : ITarget
{
    private const int CorpusSeed = 1;

    private static readonly Mutator Mutator = new(
    [
        [0], [1], [2], [0x7F], [0x80], [0x80, 0], [0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x1F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], new byte[22],
    ]);

    public string Name => "codec";

    // Ten times as fast as the others.
    public int Weight => 82;

    public IReadOnlyList<byte[]> Corpus { get; } = MakeCorpus();

    public byte[] Make(Chance chance, IReadOnlyList<byte[]> kept) =>
        chance.OneIn(4) ? RandomBatch.Write(chance) : Mutator.Change(chance, chance.OfList(kept), chance.OfList(kept));

    public ISubject Open() => new Subject(fault);

    private static List<byte[]> MakeCorpus()
    {
        var chance = new Chance(CorpusSeed);
        return [.. Enumerable.Range(0, 20).Select(_ => RandomBatch.Write(chance))];
    }

    private sealed class Subject(PlantedFault fault) : ISubject
    {
        private const string Agrees = "a batch is read as it is described";

        /// <summary>Bytes allocated for each byte of the input: an error takes 3 bytes on the wire and 60 in memory.</summary>
        private const int AllocatedPerByte = 64;

        /// <summary>Bytes allocated for any input: pooled buffers that no earlier one has left.</summary>
        private const int AllocatedBase = 128 << 10;

        public ulong Try(byte[] input)
        {
            var expected = ReferenceWire.Describe(input, out var length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var batch = Read(input, out var used, out var message);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            PropertyException.Require(
                allocated <= (AllocatedPerByte * (long)input.Length) + AllocatedBase,
                "reading allocates in proportion to the input", $"{allocated} bytes for {input.Length}");
            PropertyException.Require(batch is null == expected is null, Agrees, message ?? "it is read, but is none");
            var signal = new Signal();
            signal.AddMessage(message ?? "");
            if (batch is null)
                return signal.Value;

            PropertyException.Require(used == length, Agrees, $"it takes {used} bytes rather than {length}");
            PropertyException.Require(ReferenceWire.Describe(batch).AsSpan().SequenceEqual(expected), Agrees, "it says something else");
            var again = ReferenceWire.Describe(RandomBatch.Write(batch), out _);
            PropertyException.Require(again.AsSpan().SequenceEqual(expected), "what is written is what was read", "it says something else");
            signal.AddSize(batch.Events.Length);
            foreach (ref readonly var entry in batch.Events)
            {
                signal.Add((ulong)entry.Kind);
                signal.AddSize(entry.CheckCount);
                signal.AddSize(entry.Errors?.Count ?? 0);
            }
            return signal.Value;
        }

        public void Dispose()
        {
        }

        private EventBatch? Read(byte[] input, out int used, out string? message)
        {
            ReadOnlySpan<byte> rest = input;
            try
            {
                var batch = fault.Read(ref rest);
                used = input.Length - rest.Length;
                message = null;
                return batch;
            }
            catch (InvalidDataException e)
            {
                used = 0;
                message = e.Message;
                return null;
            }
        }
    }
}
