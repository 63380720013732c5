using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>A block is compressed by whoever comes first, on any thread, and not once its partition gave it up.</summary>
public sealed class OpenBlockTests
{
    private const int Lines = 5_000;

    /// <summary>The pooled bytes of the lines go to somebody else as soon as they were given back.</summary>
    [Fact]
    public async Task Who_compresses_a_block_second_waits_for_the_first()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), TestContext.Current.CancellationToken, async (writer, cancellation) =>
        {
            for (var round = 0; round < 100; round++)
            {
                var block = BlockOf($"{writer}-{round}");
                var (compressing, encoding) = (Task.Run(block.Compress, cancellation), Task.Run(() => block.Encode(1), cancellation));
                await compressing;
                AssertIs($"{writer}-{round}", await encoding);
                block.Dispose();
            }
        });
    }

    [Fact]
    public void A_block_that_was_given_up_is_not_compressed_any_more()
    {
        var block = BlockOf("x");
        block.Dispose();
        block.Compress();
        Assert.True(block.Encode(1).Body.IsEmpty);
    }

    private static OpenBlock BlockOf(string line)
    {
        var block = new OpenBlock(LakeStream.Good, ShipperScript.Start, expectedBytes: 0, storeBelow: 0);
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        for (var i = 0; i < Lines; i++)
            block.Lines.Write(bytes);
        return block;
    }

    private static void AssertIs(string line, Block block)
    {
        Assert.Equal((line.Length + 1) * Lines, block.LineBytes);
        Assert.Equal(Enumerable.Repeat(line, Lines), Gzip.Lines(block.Body));
    }
}
