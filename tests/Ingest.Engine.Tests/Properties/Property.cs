using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Ingest.Engine.Tests;

/// <summary>
/// Runs a check on random inputs. A failure prints the smallest input found and a seed; with that seed in
/// <c>INGEST_REPLAY</c> (such as <c>123,457,10</c>) the test runs exactly the failing input again.
/// <c>INGEST_HISTORIES</c> multiplies how many inputs are tried.
/// </summary>
internal static class Property
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("INGEST_HISTORIES"), out var factor) ? Math.Max(factor, 1) : 1;

    /// <summary>Checks random histories of up to <paramref name="length"/> decisions.</summary>
    public static void HoldsForHistories(int count, int length, Action<Choices> check)
    {
        var histories = Arb.From(Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), length), Shorter);
        Holds(count, histories, history => check(new Choices(history)));
    }

    /// <summary>Checks random inputs.</summary>
    public static void Holds<T>(int count, Arbitrary<T> inputs, Action<T> check)
    {
        var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(count * Factor);
        if (Environment.GetEnvironmentVariable("INGEST_REPLAY") is { Length: > 0 } seed)
            config = config.WithMaxTest(1).WithReplay(FSharpOption<Replay>.Some(Parse(seed)));
        try
        {
            Check.One(config, Prop.ForAll(inputs, check));
        }
        catch (Exception failure)
        {
            throw new Xunit.Sdk.XunitException(
                $"Replay with INGEST_REPLAY=<seed>,<gamma>,<size>, the last seed and size named here. {failure.Message}", failure);
        }
    }

    private static Replay Parse(string text)
    {
        var parts = text.Split(',');
        var rnd = new Rnd(
            ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
        return new Replay(rnd, FSharpOption<int>.Some(int.Parse(parts[2], CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// Histories with a run of decisions left out, the longest runs first, then with smaller decisions.
    /// </summary>
    private static IEnumerable<int[]> Shorter(int[] history)
    {
        for (var run = history.Length; run >= 1; run /= 2)
        {
            for (var start = 0; start + run <= history.Length; start += run)
                yield return [.. history[..start], .. history[(start + run)..]];
        }

        for (var i = 0; i < history.Length; i++)
        {
            foreach (var smaller in (int[])[0, history[i] % 12, history[i] / 2])
            {
                if (smaller < history[i])
                    yield return [.. history[..i], smaller, .. history[(i + 1)..]];
            }
        }
    }
}
