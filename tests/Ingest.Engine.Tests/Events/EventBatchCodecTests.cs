using System.Buffers;

namespace Ingest.Engine.Tests;

public sealed class EventBatchCodecTests
{
    [Fact]
    public void Every_batch_comes_back_as_it_was() => Property.HoldsForHistories(count: 500, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var input = (ReadOnlySpan<byte>)Write(batch);
        using var read = EventBatchCodec.Read(ref input);
        Assert.Equal(0, input.Length);
        Assert.Equal(RandomBatches.Describe(batch), RandomBatches.Describe(read));
        Assert.Equal(batch.Events.ToArray().Sum(entry => entry.CheckCount), read.CheckCount);
    });

    [Fact]
    public void A_first_receipt_is_written_where_there_is_none_and_the_batch_stays_as_it_is() => Property.HoldsForHistories(count: 200, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var before = RandomBatches.Describe(batch);
        var receipts = batch.Events.ToArray().Select(entry => entry.ReceivedAt == EventEntry.NoTime ? 77 : entry.ReceivedAt);
        var output = new ArrayBufferWriter<byte>();
        EventBatchCodec.Write(batch, output, new Instant(77));
        using var read = Read(output.WrittenSpan);
        Assert.Equal(receipts, read.Events.ToArray().Select(entry => entry.ReceivedAt));
        Assert.Equal(before, RandomBatches.Describe(batch));
    });

    [Fact]
    public void Batches_stand_one_after_the_other() => Property.HoldsForHistories(count: 100, length: 200, choices =>
    {
        var output = new ArrayBufferWriter<byte>();
        var batches = Enumerable.Range(0, choices.Next(5)).Select(_ => RandomBatches.Create(choices)).ToList();
        foreach (var batch in batches)
            EventBatchCodec.Write(batch, output);

        var read = new List<EventBatch>();
        EventBatchCodec.ReadAll(output.WrittenSpan, batches.Count, read);
        Assert.Equal(batches.Select(RandomBatches.Describe), read.Select(RandomBatches.Describe));
        Assert.Throws<InvalidDataException>(() => EventBatchCodec.ReadAll(output.WrittenSpan, batches.Count + 1, []));
        if (batches.Count > 0)
            Assert.Throws<InvalidDataException>(() => EventBatchCodec.ReadAll(output.WrittenSpan, batches.Count - 1, []));
        foreach (var batch in batches.Concat(read))
            batch.Dispose();
    });

    [Fact]
    public void What_is_cut_off_is_refused() => Property.HoldsForHistories(count: 40, length: 60, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var whole = Write(batch);
        // Every length where that is quick, else those around the fields, which stand behind the bytes.
        for (var length = 0; length < whole.Length; length += length < batch.Bytes.Length - 100 ? 97 : 1)
            Assert.Throws<InvalidDataException>(() => Read(whole.AsSpan(0, length)));
    });

    [Fact]
    public void What_was_changed_is_refused_or_is_a_batch() => Property.HoldsForHistories(count: 3_000, length: 80, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var bytes = Write(batch).ToList();
        for (var changes = choices.Next(4); changes >= 0; changes--)
        {
            // Nearly always among the fields, which stand at the end; values with which numbers end or go on.
            var at = bytes.Count - 1 - choices.Next(choices.OneIn(4) ? bytes.Count : Math.Min(bytes.Count, 300));
            var value = (byte)choices.Of([0, 1, 0x7F, 0x80, 0xFF, choices.Next(256)]);
            switch (choices.Next(3))
            {
                case 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes.Insert(at, value);
                    break;
                case 2 when bytes.Count > 1:
                    bytes.RemoveAt(at);
                    break;
            }
        }

        AssertRefusedOrBatch([.. bytes]);
    });

    [Fact]
    public void Noise_is_refused_or_is_a_batch() => Property.HoldsForHistories(count: 1_000, length: 4, choices =>
    {
        var bytes = new byte[choices.Next(200)];
        choices.Random().NextBytes(bytes);
        if (bytes.Length > 2)
            (bytes[0], bytes[1]) = ((byte)(1 + choices.Next(2)), (byte)choices.Next(bytes.Length));
        AssertRefusedOrBatch(bytes);
    });

    /// <summary>The fields of one event, each wrong in one way.</summary>
    [Theory]
    [InlineData("03", "version 3")]
    [InlineData("01 05 AA", "5 things cannot follow in 1 bytes")]
    [InlineData("01 FF FF FF FF 0F", "4294967295 things")]
    [InlineData("01 FF FF FF FF 7F", "too large")]
    [InlineData("01 80 80 80 80 80 80 80 80 80 02", "too large")]
    [InlineData("01 80 80 80 80 80 80 80 80 80 80 00", "no end")]
    [InlineData("01 01 AA 01 01 00", "a slice of 1 bytes at 1")]
    [InlineData("01 01 AA FF FF FF FF 0F 01 00", "a slice of 4294967295 bytes at 1")]
    [InlineData("01 01 AA 00 FF FF FF FF 07", "2147483647 things")]
    [InlineData("01 01 AA 00 01 03 HASH 01 00 00 00 00", "the flags 03")]
    [InlineData("01 01 AA 00 01 80 HASH 01 00 00 00 00", "the flags 80")]
    [InlineData("02 01 AA 00 01 83 HASH 01 00 00 00 00", "the flags 83")]
    [InlineData("02 01 AA 00 01 80 HASH 01 00 00 00 00", "ends too early")]
    [InlineData("02 01 AA 00 01 80 HASH 01 00 00 00 00 00 02 00", "a slice of 2 bytes at 0")]
    [InlineData("01 01 AA 00 01 00 HASH 00 00 00 00 00", "no id")]
    [InlineData("01 01 AA 00 01 01 HASH 01 00 00 00 00", "of kind Text has no error")]
    [InlineData("01 01 AA 00 01 42 HASH 01 00 00 00 00 00", "of kind Binary has no error")]
    [InlineData("01 01 AA 00 01 40 HASH 01 00 00 00 00 01 01 FF 00 00", "not UTF-8")]
    [InlineData("01 01 AA 00 01 20 HASH 01 00 00 00 00 02 00 00 00", "2 things cannot follow")]
    [InlineData("01 01 AA 00 01 04 HASH 01 00 00 00 00", "ends too early")]
    public void What_is_wrong_is_said(string hex, string found)
    {
        var bytes = Convert.FromHexString(hex.Replace("HASH", new string('0', 32), StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        var fault = Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.Contains(found, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_which_most_are_referred_to_go_in_one_piece()
    {
        using var batch = new EventBatch();
        var body = Body(10_000);
        batch.Append(body);
        Add(batch, new Slice(2_000, 7_000));
        var written = Write(batch);
        Assert.True(written.AsSpan().IndexOf(body) >= 0);
        Assert.InRange(written.Length, batch.Bytes.Length, batch.Bytes.Length + 60);
    }

    [Fact]
    public void Bytes_of_which_little_is_referred_to_stay_at_home()
    {
        using var batch = new EventBatch();
        batch.Append(Body(500_000));
        batch.Collector = batch.Append("{}"u8);
        // The second lies within the first, the third begins where that ends, the fourth overlaps two of them.
        foreach (var slice in (Slice[])[new(1_000, 100), new(1_020, 10), new(1_100, 50), new(1_090, 20), new(400_000, 300), new(0, 1)])
            Add(batch, slice);
        var written = Write(batch);
        Assert.InRange(written.Length, 0, 800);
        using var read = Read(written);
        Assert.Equal(1 + 150 + 300 + "{}".Length + (6 * "id".Length), read.Bytes.Length);
        Assert.Equal(RandomBatches.Describe(batch), RandomBatches.Describe(read));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced()
    {
        using var batch = new EventBatch();
        batch.Add(new EventEntry { Id = batch.Append("id"u8), Errors = [new EventError("", "rule", "a\ud800b")] });
        using var read = Read(Write(batch));
        Assert.Equal("a\ufffdb", Assert.Single(read.Events[0].Errors!).Found);
    }

    /// <summary>A change here is a change of the wire form, which processes of two versions speak to each other: it takes another version.</summary>
    [Fact]
    public void Version_1_is_as_it_was()
    {
        using var batch = new EventBatch();
        batch.Append("""{"a":1}"""u8);
        batch.Collector = batch.Append("{}"u8);
        var first = new EventEntry
        {
            Id = batch.Append("i1"u8),
            IdHash = new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10),
            Name = batch.Append("n"u8),
            Schema = batch.Append("s"u8),
            OccurredAt = 1_795_000_000_123,
            SentAt = 0,
            TrueAt = -1,
            Payload = new Slice(0, 7),
            CheckCount = 1,
        };
        batch.Add(new SchemaCheck(first.Schema, new Slice(5, 1), "/a"));
        batch.Add(first);
        batch.Add(new EventEntry
        {
            Id = batch.Append("i2"u8),
            IdHash = 255,
            Payload = new Slice(0, 300),
            Kind = PayloadKind.Binary,
            FirstCheck = 1,
            Errors = [new EventError("", EventRules.NotUtf8, "é")],
        });
        batch.Append(new byte[300]);

        var written = Write(batch);
        Assert.Equal(
            "01 BB02" + Convert.ToHexString(batch.Bytes)
            + "0207" // collector: 2 bytes at 7
            + "02" // events
            + "3C 100F0E0D0C0B0A09 0807060504030201" // JSON, three times, checks; the hash
            + "0209 010B 010C 0700" // id, name, schema, payload
            + "F6F9B2E5BD68 00 01" // occurred, sent, true
            + "01 010C 0105 022F61" // checks: schema, instance, where
            + "42 FF00000000000000 0000000000000000" // binary, errors; the hash
            + "020D 00 00 AC0200" // id, no name, no schema, payload
            + "01 00 086E6F745F75746638 02C3A9", // errors: where, rule, found
            Convert.ToHexString(written),
            ignoreAllWhiteSpace: true);
        using var read = Read(written);
        Assert.Equal(RandomBatches.Describe(batch), RandomBatches.Describe(read));
    }

    [Fact]
    public void Version_2_adds_the_first_receipt()
    {
        using var batch = new EventBatch();
        batch.Append("{}"u8);
        var entry = new EventEntry { Id = batch.Append("i1"u8), IdHash = 255, Payload = new Slice(0, 2) };
        batch.Add(entry);
        batch.Add(entry with { OccurredAt = 1, ReceivedAt = 1_795_000_000_123, Collector = new Slice(0, 2) });

        var written = Write(batch);
        Assert.Equal(
            "02 04" + Convert.ToHexString(batch.Bytes)
            + "00" // no collector
            + "02" // events
            + "00 FF00000000000000 0000000000000000 0202 00 00 0200"
            + "84 FF00000000000000 0000000000000000 0202 00 00 0200"
            + "02" // occurred
            + "F6F9B2E5BD68 0200", // first receipt: when, collector
            Convert.ToHexString(written),
            ignoreAllWhiteSpace: true);
        using var read = Read(written);
        Assert.Equal(RandomBatches.Describe(batch), RandomBatches.Describe(read));
    }

    private static void AssertRefusedOrBatch(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var read = Read(bytes);
            // Looks at every slice, so that one outside the bytes would throw.
            Assert.NotEqual("", RandomBatches.Describe(read));
            Assert.All(read.Events.ToArray(), entry => Assert.True(Enum.IsDefined(entry.Kind) && !entry.Id.IsEmpty));
        }
        catch (InvalidDataException)
        {
            // Whatever numbers stand in the input, they cost nothing.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000 + (64 * bytes.Length));
        }
    }

    private static byte[] Body(int length)
    {
        var body = new byte[length];
        new Random(1).NextBytes(body);
        return body;
    }

    private static void Add(EventBatch batch, Slice payload) =>
        batch.Add(new EventEntry { Id = batch.Append("id"u8), IdHash = 1, Payload = payload });

    private static byte[] Write(EventBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        EventBatchCodec.Write(batch, output);
        return output.WrittenSpan.ToArray();
    }

    private static EventBatch Read(ReadOnlySpan<byte> input) => EventBatchCodec.Read(ref input);
}
