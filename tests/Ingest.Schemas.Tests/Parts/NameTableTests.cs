using System.Text;

namespace Ingest.Schemas.Tests;

public sealed class NameTableTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(130)]
    [InlineData(5_000)]
    public void Finds_every_name_and_no_other(int count)
    {
        var random = new Random(count);
        var names = Enumerable.Range(0, count * 2)
            .Select(i => $"{i}_{new string((char)('a' + random.Next(26)), random.Next(40))}")
            .Select(Encoding.UTF8.GetBytes)
            .ToArray();
        var table = new NameTable(names[..count]);
        for (var i = 0; i < names.Length; i++)
            Assert.Equal(i < count ? i : -1, table.Find(names[i]));
        Assert.Equal(-1, table.Find([]));
    }

    [Fact]
    public void Tells_apart_names_that_differ_in_one_place()
    {
        // As long as to have a part that the hash does not see.
        var names = Enumerable.Range(0, 60)
            .Select(place => new string('x', 60).Remove(place, 1).Insert(place, "y"))
            .Append("")
            .Append("a")
            .Append("aa")
            .Append("aaaa")
            .Append("aaaaaaaa")
            .Select(Encoding.UTF8.GetBytes)
            .ToArray();
        var table = new NameTable(names);
        for (var i = 0; i < names.Length; i++)
            Assert.Equal(i, table.Find(names[i]));
        Assert.Equal(-1, table.Find(Encoding.UTF8.GetBytes(new string('x', 60))));
    }

    [Fact]
    public void A_name_that_stands_twice_has_its_first_number() =>
        Assert.Equal(0, new NameTable(["a"u8.ToArray(), "a"u8.ToArray(), "b"u8.ToArray()]).Find("a"u8));
}
