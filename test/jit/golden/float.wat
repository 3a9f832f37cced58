(local i32 i32 i32 i32 i32 i32 i32 f32 f32 f32 f32 i32 i32 i32 i32 i32 i32 i32 f32 i32 i32 i32 i32 i32 f32 i32 f32 f32 f64 i32 i32 i32)
i32.const 0
i32.load offset=0x0
local.set 0
i32.const 0
i32.load offset=0x40
i32.const 31
i32.shl
local.set 1
i32.const 0
i32.load offset=0x44
i32.eqz
local.set 2
i32.const 0
i32.load offset=0x48
local.set 3
i32.const 1
local.set 4
i32.const 0
i32.load offset=0x4c
i32.const 31
i32.shl
local.set 5
i32.const 1
local.set 6
i32.const 0
f32.load offset=0x80
local.set 7
i32.const 0
f32.load offset=0x84
local.set 8
i32.const 0
f32.load offset=0x88
local.set 9
i32.const 0
f32.load offset=0x8c
local.set 10
i32.const 0
i32.load offset=0x200004
local.set 11
i32.const 0
i32.load offset=0x20000c
local.set 12
i32.const 0
i32.load offset=0x134
local.set 21
f32.const Infinity
f32.const 0
i32.const 0
i32.load offset=0x78
select
local.set 18
i32.const -33554432
i32.const 0
i32.const 0
i32.load offset=0x78
select
local.set 19
block
  local.get 11
  i32.const 12
  i32.lt_s
  if (unlikely)
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 4
    local.set 13
    br 1
  end
  i32.const 0
  i32.load offset=0x128
  i32.eqz
  if (unlikely)
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 2
    local.set 13
    br 1
  end
  local.get 0
  local.set 22
  local.get 22
  local.set 23
  block
    local.get 23
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x400000
    local.tee 25
    local.get 23
    i32.or
    i32.const 3
    i32.and
    i32.eqz
    if (likely)
      local.get 25
      local.get 23
      i32.add
      f32.load offset=0x0
      local.set 24
      br 1
    end
    local.get 23
    i32.const 12
    i32.const 0
    local.get 11
    i32.const 1
    call_indirect type=0 table=0
    f32.reinterpret_i32
    local.set 24
    i32.const 0
    i32.load offset=0x200004
    local.set 11
    i32.const 0
    i32.load offset=0x7c
    local.tee 15
    if (unlikely)
      local.get 15
      i32.const 1
      i32.and
      br_if 2
      local.get 24
      local.set 7
      i32.const 0
      i32.const 0
      i32.store offset=0x200000
      br 2
    end
  end
  local.get 24
  local.set 7
  local.get 7
  local.get 8
  f32.mul
  local.set 24
  local.get 24
  i32.reinterpret_f32
  i32.const 1
  i32.shl
  i32.const 16777216
  i32.sub
  local.get 19
  i32.lt_u
  i32.eqz
  if (unlikely)
    local.get 7
    f32.const 0
    f32.eq
    local.get 8
    f32.const 0
    f32.eq
    i32.or
    local.get 24
    f32.const 0
    f32.eq
    i32.and
    i32.const 0
    i32.load offset=0x78
    i32.and
    i32.eqz
    if (unlikely)
      i32.const 50331648
      local.get 7
      i32.reinterpret_f32
      local.get 8
      i32.reinterpret_f32
      i32.const 0
      i32.const 6
      call_indirect type=5 table=0
      f32.reinterpret_i32
      local.set 24
      f32.const Infinity
      f32.const 0
      i32.const 0
      i32.load offset=0x78
      select
      local.set 18
      i32.const -33554432
      i32.const 0
      i32.const 0
      i32.load offset=0x78
      select
      local.set 19
    end
  end
  local.get 24
  local.set 26
  local.get 9
  local.get 26
  f32.add
  local.set 27
  local.get 27
  f32.abs
  local.get 18
  f32.lt
  i32.eqz
  if (unlikely)
    i32.const 16777216
    local.get 9
    i32.reinterpret_f32
    local.get 24
    i32.reinterpret_f32
    i32.const 0
    i32.const 6
    call_indirect type=5 table=0
    f32.reinterpret_i32
    local.set 27
    f32.const Infinity
    f32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 18
    i32.const -33554432
    i32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 19
  end
  local.get 27
  local.set 9
  local.get 7
  f64.promote_f32
  local.get 8
  f64.promote_f32
  f64.mul
  local.get 10
  f64.promote_f32
  f64.add
  local.tee 28
  f32.demote_f64
  local.set 24
  local.get 24
  i32.reinterpret_f32
  i32.const 1
  i32.shl
  i32.const 16777216
  i32.sub
  local.get 19
  i32.lt_u
  local.get 28
  i64.reinterpret_f64
  i32.wrap_i64
  i32.const 536870911
  i32.and
  i32.const 268435456
  i32.ne
  i32.and
  i32.eqz
  if (unlikely)
    local.get 7
    f64.promote_f32
    local.get 8
    f64.promote_f32
    f64.mul
    local.get 10
    f64.promote_f32
    f64.add
    f64.const 0
    f64.eq
    i32.const 0
    i32.load offset=0x78
    i32.and
    i32.eqz
    if (unlikely)
      i32.const 0
      local.get 10
      i32.reinterpret_f32
      local.get 7
      i32.reinterpret_f32
      local.get 8
      i32.reinterpret_f32
      i32.const 6
      call_indirect type=5 table=0
      f32.reinterpret_i32
      local.set 24
      f32.const Infinity
      f32.const 0
      i32.const 0
      i32.load offset=0x78
      select
      local.set 18
      i32.const -33554432
      i32.const 0
      i32.const 0
      i32.load offset=0x78
      select
      local.set 19
    end
  end
  local.get 24
  local.set 10
  local.get 9
  f32.abs
  local.get 18
  f32.lt
  local.get 10
  f32.abs
  local.get 18
  f32.lt
  i32.and
  if (likely)
    i32.const 8
    i32.const 6
    i32.const 2
    local.get 9
    local.get 10
    f32.eq
    select
    local.get 9
    local.get 10
    f32.lt
    select
    local.set 22
  else
    i32.const 0
    local.get 9
    i32.reinterpret_f32
    local.get 10
    i32.reinterpret_f32
    i32.const 0
    i32.const 6
    call_indirect type=5 table=0
    local.set 22
    f32.const Infinity
    f32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 18
    i32.const -33554432
    i32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 19
  end
  i32.const 0
  i32.load offset=0x74
  local.set 23
  local.get 23
  i32.const 268435455
  i32.and
  local.get 22
  i32.const 28
  i32.shl
  i32.or
  i32.const -138411873
  i32.and
  local.tee 25
  i32.const 0
  i32.load offset=0x74
  i32.xor
  i32.const 130023583
  i32.and
  if (unlikely)
    local.get 25
    i32.const 8
    call_indirect type=7 table=0
    f32.const Infinity
    f32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 18
    i32.const -33554432
    i32.const 0
    i32.const 0
    i32.load offset=0x78
    select
    local.set 19
  else
    i32.const 0
    local.get 25
    i32.store offset=0x74
  end
  i32.const 0
  i32.load offset=0x74
  local.set 22
  local.get 22
  local.set 1
  local.get 22
  i32.const 30
  i32.shr_u
  i32.const 1
  i32.and
  i32.eqz
  local.set 2
  local.get 22
  i32.const 29
  i32.shr_u
  i32.const 1
  i32.and
  i32.const 1
  local.set 4
  local.set 3
  local.get 22
  i32.const 28
  i32.shr_u
  i32.const 1
  i32.and
  i32.const 31
  i32.shl
  i32.const -2147483648
  i32.and
  i32.const 1
  local.set 6
  local.set 5
  local.get 1
  i32.const 31
  i32.shr_u
  local.set 29
  local.get 29
  if
    local.get 11
    i32.const 13
    i32.sub
    local.set 11
    local.get 16
    i32.const 6
    i32.add
    local.set 16
    i32.const 0
    i32.const 0
    i64.load offset=0x204040
    i64.const 1
    i64.add
    i64.store offset=0x204040
    i32.const 0
    i32.load offset=0x128
    i32.eqz
    if (unlikely)
      i32.const 0
      i32.const 0
      i32.store offset=0x200000
      i32.const 5
      local.set 13
      br 2
    end
    loop
      local.get 11
      i32.const 13
      i32.lt_s
      if (unlikely)
        i32.const 0
        i32.const 0
        i32.store offset=0x200000
        i32.const 4
        local.set 13
        br 3
      end
      local.get 0
      local.set 22
      local.get 22
      local.set 23
      block
        local.get 23
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x400000
        local.tee 25
        local.get 23
        i32.or
        i32.const 3
        i32.and
        i32.eqz
        if (likely)
          local.get 25
          local.get 23
          i32.add
          f32.load offset=0x0
          local.set 24
          br 1
        end
        local.get 23
        i32.const 12
        i32.const 0
        local.get 11
        i32.const 1
        call_indirect type=0 table=0
        f32.reinterpret_i32
        local.set 24
        i32.const 0
        i32.load offset=0x200004
        local.set 11
        i32.const 0
        i32.load offset=0x7c
        local.tee 15
        if (unlikely)
          local.get 15
          i32.const 1
          i32.and
          br_if 4
          local.get 24
          local.set 7
          i32.const 0
          i32.const 0
          i32.store offset=0x200000
          br 4
        end
      end
      local.get 24
      local.set 7
      local.get 7
      local.get 8
      f32.mul
      local.set 24
      local.get 24
      i32.reinterpret_f32
      i32.const 1
      i32.shl
      i32.const 16777216
      i32.sub
      local.get 19
      i32.lt_u
      i32.eqz
      if (unlikely)
        local.get 7
        f32.const 0
        f32.eq
        local.get 8
        f32.const 0
        f32.eq
        i32.or
        local.get 24
        f32.const 0
        f32.eq
        i32.and
        i32.const 0
        i32.load offset=0x78
        i32.and
        i32.eqz
        if (unlikely)
          i32.const 50331648
          local.get 7
          i32.reinterpret_f32
          local.get 8
          i32.reinterpret_f32
          i32.const 0
          i32.const 6
          call_indirect type=5 table=0
          f32.reinterpret_i32
          local.set 24
          f32.const Infinity
          f32.const 0
          i32.const 0
          i32.load offset=0x78
          select
          local.set 18
          i32.const -33554432
          i32.const 0
          i32.const 0
          i32.load offset=0x78
          select
          local.set 19
        end
      end
      local.get 24
      local.set 26
      local.get 9
      local.get 26
      f32.add
      local.set 27
      local.get 27
      f32.abs
      local.get 18
      f32.lt
      i32.eqz
      if (unlikely)
        i32.const 16777216
        local.get 9
        i32.reinterpret_f32
        local.get 24
        i32.reinterpret_f32
        i32.const 0
        i32.const 6
        call_indirect type=5 table=0
        f32.reinterpret_i32
        local.set 27
        f32.const Infinity
        f32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 18
        i32.const -33554432
        i32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 19
      end
      local.get 27
      local.set 9
      local.get 7
      f64.promote_f32
      local.get 8
      f64.promote_f32
      f64.mul
      local.get 10
      f64.promote_f32
      f64.add
      local.tee 28
      f32.demote_f64
      local.set 24
      local.get 24
      i32.reinterpret_f32
      i32.const 1
      i32.shl
      i32.const 16777216
      i32.sub
      local.get 19
      i32.lt_u
      local.get 28
      i64.reinterpret_f64
      i32.wrap_i64
      i32.const 536870911
      i32.and
      i32.const 268435456
      i32.ne
      i32.and
      i32.eqz
      if (unlikely)
        local.get 7
        f64.promote_f32
        local.get 8
        f64.promote_f32
        f64.mul
        local.get 10
        f64.promote_f32
        f64.add
        f64.const 0
        f64.eq
        i32.const 0
        i32.load offset=0x78
        i32.and
        i32.eqz
        if (unlikely)
          i32.const 0
          local.get 10
          i32.reinterpret_f32
          local.get 7
          i32.reinterpret_f32
          local.get 8
          i32.reinterpret_f32
          i32.const 6
          call_indirect type=5 table=0
          f32.reinterpret_i32
          local.set 24
          f32.const Infinity
          f32.const 0
          i32.const 0
          i32.load offset=0x78
          select
          local.set 18
          i32.const -33554432
          i32.const 0
          i32.const 0
          i32.load offset=0x78
          select
          local.set 19
        end
      end
      local.get 24
      local.set 10
      local.get 9
      f32.abs
      local.get 18
      f32.lt
      local.get 10
      f32.abs
      local.get 18
      f32.lt
      i32.and
      if (likely)
        i32.const 8
        i32.const 6
        i32.const 2
        local.get 9
        local.get 10
        f32.eq
        select
        local.get 9
        local.get 10
        f32.lt
        select
        local.set 22
      else
        i32.const 0
        local.get 9
        i32.reinterpret_f32
        local.get 10
        i32.reinterpret_f32
        i32.const 0
        i32.const 6
        call_indirect type=5 table=0
        local.set 22
        f32.const Infinity
        f32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 18
        i32.const -33554432
        i32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 19
      end
      i32.const 0
      i32.load offset=0x74
      local.set 23
      local.get 23
      i32.const 268435455
      i32.and
      local.get 22
      i32.const 28
      i32.shl
      i32.or
      i32.const -138411873
      i32.and
      local.tee 25
      i32.const 0
      i32.load offset=0x74
      i32.xor
      i32.const 130023583
      i32.and
      if (unlikely)
        local.get 25
        i32.const 8
        call_indirect type=7 table=0
        f32.const Infinity
        f32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 18
        i32.const -33554432
        i32.const 0
        i32.const 0
        i32.load offset=0x78
        select
        local.set 19
      else
        i32.const 0
        local.get 25
        i32.store offset=0x74
      end
      i32.const 0
      i32.load offset=0x74
      local.set 22
      local.get 22
      local.set 1
      local.get 22
      i32.const 30
      i32.shr_u
      i32.const 1
      i32.and
      i32.eqz
      local.set 2
      local.get 22
      i32.const 29
      i32.shr_u
      i32.const 1
      i32.and
      i32.const 1
      local.set 4
      local.set 3
      local.get 22
      i32.const 28
      i32.shr_u
      i32.const 1
      i32.and
      i32.const 31
      i32.shl
      i32.const -2147483648
      i32.and
      i32.const 1
      local.set 6
      local.set 5
      local.get 1
      i32.const 31
      i32.shr_u
      local.set 30
      local.get 30
      if
        local.get 11
        i32.const 14
        i32.sub
        local.set 11
        local.get 31
        i32.const 1
        i32.add
        local.set 31
        br 1
      end
      local.get 11
      i32.const 13
      i32.sub
      local.set 11
      local.get 16
      i32.const 6
      i32.add
      local.set 16
      i32.const 0
      i32.const 0
      i64.load offset=0x204050
      i64.const 1
      i64.add
      i64.store offset=0x204050
      i32.const 1
      local.set 14
      i32.const 0
      i32.const 278
      i32.store offset=0x3c
      i32.const 0
      i32.const 0
      i32.store offset=0x58
      i32.const 0
      i32.const 1
      i32.store offset=0x110
      i32.const 1
      local.set 13
      br 2
    end
  end
  local.get 11
  i32.const 12
  i32.sub
  local.set 11
  local.get 16
  i32.const 6
  i32.add
  local.set 16
  i32.const 0
  i32.const 0
  i64.load offset=0x204058
  i64.const 1
  i64.add
  i64.store offset=0x204058
  i32.const 1
  local.set 14
  i32.const 0
  i32.const 278
  i32.store offset=0x3c
  i32.const 0
  i32.const 0
  i32.store offset=0x58
  i32.const 0
  i32.const 1
  i32.store offset=0x110
  i32.const 1
  local.set 13
  br 0
end
i32.const 0
local.get 1
i32.const 31
i32.shr_u
i32.store offset=0x40
i32.const 0
local.get 2
i32.eqz
i32.store offset=0x44
i32.const 0
local.get 3
local.get 4
i32.ge_u
i32.store offset=0x48
i32.const 0
local.get 5
local.get 6
i32.xor
local.get 5
local.get 5
local.get 6
i32.sub
i32.xor
i32.and
i32.const 31
i32.shr_u
i32.store offset=0x4c
i32.const 0
local.get 7
f32.store offset=0x80
i32.const 0
local.get 9
f32.store offset=0x88
i32.const 0
local.get 10
f32.store offset=0x8c
i32.const 0
local.get 21
i32.store offset=0x134
i32.const 0
local.get 11
i32.store offset=0x200004
i32.const 0
local.get 12
i32.store offset=0x20000c
i32.const 0
i32.const 0
i64.load offset=0x204048
local.get 31
i64.extend_i32_u
i64.add
i64.store offset=0x204048
local.get 16
local.get 31
i32.const 6
i32.mul
i32.add
local.set 16
i32.const 0
i32.const 0
i64.load offset=0x204060
i64.const 1
i64.add
i64.store offset=0x204060
i32.const 0
i32.const 0
i64.load offset=0x204068
local.get 16
i64.extend_i32_u
i64.add
i64.store offset=0x204068
i32.const 0
i32.const 0
i32.load offset=0x200010
local.get 16
i32.add
i32.store offset=0x200010
local.get 14
i32.eqz
if
  local.get 13
  return
end
local.get 14
return_call_indirect type=12 table=0
