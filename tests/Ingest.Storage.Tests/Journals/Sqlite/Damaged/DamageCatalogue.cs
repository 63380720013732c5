using System.Globalization;

namespace Ingest.Storage.Tests;

/// <summary>
/// What disks, file systems and people do to a file: cut, empty, lost, flipped bits, and the units in which it is written
/// (pages, frames) erased, exchanged, repeated, half written, or left as they were before.
/// </summary>
/// <param name="content">The file.</param>
/// <param name="earlier">What it held at earlier times, the newest first.</param>
/// <param name="header">Bytes before the first unit.</param>
/// <param name="unit">Bytes of a unit.</param>
/// <param name="random">Chooses.</param>
internal sealed class DamageCatalogue(byte[] content, IReadOnlyList<byte[]> earlier, int header, int unit, Random random)
{
    private int Units => (content.Length - header) / unit;

    /// <summary>All classes of damage, so many of each as are asked for, or all that there are.</summary>
    public IEnumerable<FileDamage> Choose(int perKind) =>
        ((IEnumerable<FileDamage>)[.. Cuts(), .. Losses(), .. Flips(perKind), .. Erased(), .. HalfWritten(), .. Old(), .. Exchanged(perKind), .. Repeated(perKind), .. Shifted()])
            .GroupBy(damage => damage.Kind, StringComparer.Ordinal)
            .SelectMany(kind => Sample([.. kind], perKind))
            .Where(damage => damage.Content() is not { } changed || !changed.AsSpan().SequenceEqual(content));

    private IEnumerable<FileDamage> Losses()
    {
        yield return new FileDamage("emptied", "the file", () => []);
        yield return new FileDamage("deleted", "the file", () => null);
        yield return new FileDamage("zeroed", "the file", () => new byte[content.Length]);
        foreach (var older in earlier)
            yield return new FileDamage("an older copy of the file", At(older.Length, "bytes of"), () => older);
    }

    private IEnumerable<FileDamage> Cuts()
    {
        for (var i = 0; i <= Units; i++)
        {
            var end = OffsetOf(i);
            var within = end - random.Next(1, unit);
            yield return new FileDamage("cut between units", At(end, "byte"), () => content[..end]);
            if (within > 0)
                yield return new FileDamage("cut within a unit", At(within, "byte"), () => content[..within]);
        }
    }

    private IEnumerable<FileDamage> Flips(int count)
    {
        for (var i = 0; i < count && content.Length > 0; i++)
        {
            var bit = random.NextInt64(content.Length * 8L);
            yield return new FileDamage("flipped bit", At(bit, "bit"), Changed(copy => copy[bit / 8] ^= (byte)(1 << (int)(bit % 8))));
        }
    }

    private IEnumerable<FileDamage> Erased()
    {
        for (var i = 0; i < Units; i++)
        {
            var at = OffsetOf(i);
            yield return new FileDamage("erased unit", At(i, "unit"), Changed(copy => copy.AsSpan(at, unit).Clear()));
        }
    }

    /// <summary>The first half is new; the second is what was there before, or nothing; and the other way round.</summary>
    private IEnumerable<FileDamage> HalfWritten()
    {
        for (var i = 0; i < Units; i++)
        {
            var (at, half) = (OffsetOf(i), unit / 2);
            yield return new FileDamage("half a unit, then zeros", At(i, "unit"), Changed(copy => copy.AsSpan(at + half, unit - half).Clear()));
            foreach (var before in Before(at))
            {
                yield return new FileDamage("half a unit, then its old half", At(i, "unit"), Changed(copy => before.AsSpan(half).CopyTo(copy.AsSpan(at + half))));
                yield return new FileDamage("half a unit behind its old half", At(i, "unit"), Changed(copy => before.AsSpan(0, half).CopyTo(copy.AsSpan(at))));
            }
        }
    }

    /// <summary>A write that was reported and never reached the disk, of one unit and of a run of them.</summary>
    private IEnumerable<FileDamage> Old()
    {
        for (var i = 0; i < Units; i++)
        {
            var at = OffsetOf(i);
            foreach (var before in Before(at))
                yield return new FileDamage("lost write", At(i, "unit"), Changed(copy => before.CopyTo(copy.AsSpan(at))));
            if (Before(at).FirstOrDefault() is { } newest && i + 1 < Units && Before(OffsetOf(i + 1)).FirstOrDefault() is { } next)
            {
                yield return new FileDamage("two lost writes", At(i, "unit"), Changed(copy =>
                {
                    newest.CopyTo(copy.AsSpan(at));
                    next.CopyTo(copy.AsSpan(at + unit));
                }));
            }
        }
    }

    private IEnumerable<FileDamage> Exchanged(int count)
    {
        for (var n = 0; n < count && Units > 1; n++)
        {
            var (first, second) = (OffsetOf(random.Next(Units)), OffsetOf(random.Next(Units)));
            yield return new FileDamage("exchanged units", $"{At(first, "byte")} and {At(second, "byte")}", Changed(copy =>
            {
                content.AsSpan(first, unit).CopyTo(copy.AsSpan(second));
                content.AsSpan(second, unit).CopyTo(copy.AsSpan(first));
            }));
        }
    }

    /// <summary>A unit written to the place of another.</summary>
    private IEnumerable<FileDamage> Repeated(int count)
    {
        for (var n = 0; n < count && Units > 1; n++)
        {
            var (from, to) = (OffsetOf(random.Next(Units)), OffsetOf(random.Next(Units)));
            yield return new FileDamage(
                "misplaced unit", $"{At(from, "byte")} to {At(to, "byte")}", Changed(copy => content.AsSpan(from, unit).CopyTo(copy.AsSpan(to))));
        }
    }

    private IEnumerable<FileDamage> Shifted()
    {
        for (var i = 0; i < Units; i++)
        {
            var (at, after) = (OffsetOf(i), OffsetOf(i + 1));
            yield return new FileDamage("left out unit", At(i, "unit"), () => [.. content[..at], .. content[after..]]);
            yield return new FileDamage("doubled unit", At(i, "unit"), () => [.. content[..after], .. content[at..]]);
        }
    }

    /// <summary>Different contents that the unit at an offset had, the newest first.</summary>
    private IEnumerable<byte[]> Before(int at)
    {
        var last = content.AsMemory(at, unit);
        foreach (var older in earlier)
        {
            if (older.Length >= at + unit && !older.AsSpan(at, unit).SequenceEqual(last.Span))
            {
                last = older.AsMemory(at, unit);
                yield return last.ToArray();
            }
        }
    }

    private List<FileDamage> Sample(FileDamage[] all, int count)
    {
        random.Shuffle(all);
        return [.. all.Take(count)];
    }

    private int OffsetOf(int index) => header + (index * unit);

    private Func<byte[]?> Changed(Action<byte[]> change) => () =>
    {
        var copy = content.ToArray();
        change(copy);
        return copy;
    };

    private static string At(long number, string of) => string.Create(CultureInfo.InvariantCulture, $"{of} {number}");
}
