using System.Diagnostics;

namespace Ingest.Fuzz;

/// <summary>Makes a failing input smaller: leaves out parts, halves first, as long as it fails in the same way.</summary>
internal static class Minimizer
{
    /// <summary>Tries after which it is left as it is.</summary>
    private const int TriesMax = 5_000;

    /// <summary>How long it may take: well below what the watchdog takes for a hang.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <param name="input">Fails.</param>
    /// <param name="fails">True where an input fails in the same way.</param>
    public static byte[] Shrink(byte[] input, Func<byte[], bool> fails)
    {
        var began = Stopwatch.GetTimestamp();
        var tries = 0;
        for (var size = input.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < input.Length && tries < TriesMax && Stopwatch.GetElapsedTime(began) < Longest; tries++)
            {
                var end = Math.Min(at + size, input.Length);
                byte[] smaller = [.. input.AsSpan(0, at), .. input.AsSpan(end)];
                if (fails(smaller))
                    input = smaller;
                else
                    at += size;
            }
        }
        return input;
    }
}
